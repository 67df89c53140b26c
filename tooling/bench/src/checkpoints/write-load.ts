import type { Group } from '@smalti/raft';
import { quantile, Steps } from '../distribution.ts';
import { type FilledCommand, keyOf } from './filled-machine.ts';

type FilledGroup = Group<FilledCommand, never, unknown>;

/** Milliseconds. */
export interface Latencies {
  readonly count: number;
  readonly failed: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** See {@link Steps}. */
  readonly steps: readonly (number | null)[];
}

export const NO_LATENCIES: Latencies = { count: 0, failed: 0, p50: 0, p99: 0, max: 0, steps: [] };

const VALUE = 'v'.repeat(112);

/** Overwrites keys that lie far apart: each is of another node of the state's tree, which a capture holds. */
function write(number: number, { spread, keys }: Keys): FilledCommand {
  const key = keyOf((number % spread) * Math.max(1, Math.floor(keys / spread)));
  return { op: 'set', key, value: VALUE, when: 'always', expiry: 'never', get: false };
}

interface Keys {
  readonly keys: number;
  readonly spread: number;
}

/** Writes of 128 B at a steady rate, in this process. Latencies are counted from when a write was due. */
export class WriteLoad {
  #seen: number[] = [];
  #failed = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(group: FilledGroup, perSecond: number, keys: number) {
    const began = performance.now();
    const places: Keys = { keys, spread: Math.min(keys, 10_000) };
    let sent = 0;
    const turn = (): void => {
      const due = Math.floor(((performance.now() - began) * perSecond) / 1000);
      for (; sent < due; sent++) {
        const dueAt = began + (sent * 1000) / perSecond;
        group.submit(write(sent, places), (error) => {
          if (error === null) this.#seen.push(performance.now() - dueAt);
          else this.#failed += 1;
        });
      }
      this.#timer = setTimeout(turn, 1);
    };
    turn();
  }

  take(): Latencies {
    const seen = this.#seen;
    const failed = this.#failed;
    this.#seen = [];
    this.#failed = 0;
    const max = seen.reduce((most, each) => Math.max(most, each), 0);
    const steps = new Steps();
    for (const each of seen) steps.note(each);
    const [p50, p99] = [quantile(seen, 0.5), quantile(seen, 0.99)];
    return { count: seen.length, failed, p50, p99, max, steps: steps.counts };
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }
}

/** Writes a second, with so many under way. */
export async function topRate(
  group: FilledGroup,
  ms: number,
  inFlight: number,
  keys: number,
): Promise<number> {
  const end = performance.now() + ms;
  const places: Keys = { keys, spread: Math.min(keys, 10_000) };
  let sent = 0;
  let done = 0;
  await new Promise<void>((resolve, reject) => {
    let open = 0;
    const next = (): void => {
      open += 1;
      group.submit(write(sent++, places), (error) => {
        open -= 1;
        if (error !== null) reject(error);
        else if (performance.now() < end) {
          done += 1;
          next();
        } else if (open === 0) resolve();
      });
    };
    for (let i = 0; i < inFlight; i++) next();
  });
  return Math.round((done * 1000) / ms);
}
