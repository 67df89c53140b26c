import { RedisSocket } from './redis-socket.ts';

const CONNECTIONS = 10;

/**
 * Writes at a steady rate, however long each write takes, until it is stopped. Latencies are counted from when a write
 * was due, so that a stall is seen by all writes that it held up.
 */
export class PacedLoad {
  #latencies: number[] = [];
  #stopped = false;
  readonly #runs: Promise<void>[];

  /** @param perSecond over all connections. */
  constructor(port: number, perSecond: number, bytes: number) {
    const value = 'x'.repeat(bytes);
    const everyMs = (1000 * CONNECTIONS) / perSecond;
    this.#runs = Array.from({ length: CONNECTIONS }, async (_, i) => {
      const socket = await RedisSocket.connect(port);
      let due = performance.now() + (i * everyMs) / CONNECTIONS;
      while (!this.#stopped) {
        const wait = due - performance.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        await socket.setAll([`paced-${i}`], value);
        this.#latencies.push(performance.now() - due);
        due += everyMs;
      }
      socket.close();
    });
  }

  /** What has been seen since it was asked last. */
  take(): { readonly count: number; readonly p50: number; readonly p99: number } {
    const seen = this.#latencies.sort((a, b) => a - b);
    this.#latencies = [];
    const at = (share: number): number => seen[Math.floor(seen.length * share)] ?? Number.NaN;
    return { count: seen.length, p50: at(0.5), p99: at(0.99) };
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#runs);
  }
}
