import type { Group } from '@smalti/raft';

/** What a load reached. */
export interface Load {
  readonly inflight: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

type Kind = 'execute' | 'read';

/** Keeps `inflight` calls under way for so many milliseconds; the first tenth warms up and is not counted. */
export function load(
  group: Group<Uint8Array, void, number>,
  kind: Kind,
  inflight: number,
  bytes: number,
  durationMs: number,
): Promise<Load> {
  const command = new Uint8Array(bytes).fill(7);
  const latencies: number[] = [];
  const began = performance.now();
  const counted = began + durationMs / 10;
  const end = began + durationMs;
  let open = 0;
  return new Promise((resolve, reject) => {
    const start = (): void => {
      open += 1;
      const sent = performance.now();
      const done = (error: Error | null): void => {
        open -= 1;
        if (error !== null) {
          reject(error);
          return;
        }
        const now = performance.now();
        if (sent >= counted && now <= end) latencies.push(now - sent);
        if (now < end) start();
        else if (open === 0) resolve(summary(inflight, latencies, end - counted));
      };
      if (kind === 'execute') group.submit(command, done);
      else group.ask(undefined, done);
    };
    for (let i = 0; i < inflight; i++) start();
  });
}

function summary(inflight: number, latencies: number[], ms: number): Load {
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? Number.NaN;
  return { inflight, perSecond: Math.round((latencies.length * 1000) / ms), p50: at(0.5), p99: at(0.99) };
}
