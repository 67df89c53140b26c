import { quantile } from '../distribution.ts';
import { RedisSocket } from './redis-socket.ts';

const CONNECTIONS = 10;
const WINDOW_MS = 1_000;

/** What was seen of a load for a while. Milliseconds. */
export class Seen {
  /** Of each write. */
  readonly all: number[] = [];
  /** The p99 of each second. */
  readonly seconds: number[] = [];

  get count(): number {
    return this.all.length;
  }

  get p50(): number {
    return quantile(this.all, 0.5);
  }

  get p99(): number {
    return quantile(this.all, 0.99);
  }

  /** Of the p99 of each second the median: a stall of the machine is one second in it, or two. */
  get typicalP99(): number {
    return quantile(this.seconds, 0.5);
  }

  add({ all, seconds }: Seen): void {
    for (const each of all) this.all.push(each);
    this.seconds.push(...seconds);
  }
}

/**
 * Writes at a steady rate, however long each write takes, until it is stopped. Latencies are counted from when a write
 * was due, so that a stall is seen by all writes that it held up.
 */
export class PacedLoad {
  #seen = new Seen();
  #second: number[] = [];
  #until: number;
  #stopped = false;
  readonly #runs: Promise<void>[];

  /** @param perSecond over all connections. */
  constructor(port: number, perSecond: number, bytes: number) {
    const value = 'x'.repeat(bytes);
    const everyMs = (1000 * CONNECTIONS) / perSecond;
    this.#until = performance.now() + WINDOW_MS;
    this.#runs = Array.from({ length: CONNECTIONS }, async (_, i) => {
      const socket = await RedisSocket.connect(port);
      let due = performance.now() + (i * everyMs) / CONNECTIONS;
      while (!this.#stopped) {
        const wait = due - performance.now();
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
        await socket.setAll([`paced-${i}`], value);
        this.#note(due);
        due += everyMs;
      }
      socket.close();
    });
  }

  #note(due: number): void {
    const now = performance.now();
    if (now >= this.#until) {
      if (this.#second.length > 0) this.#seen.seconds.push(quantile(this.#second, 0.99));
      this.#second = [];
      this.#until = now + WINDOW_MS;
    }
    this.#second.push(now - due);
    this.#seen.all.push(now - due);
  }

  /** What has been seen since it was asked last. The second that has not ended is in no list of seconds. */
  take(): Seen {
    const seen = this.#seen;
    this.#seen = new Seen();
    this.#second = [];
    this.#until = performance.now() + WINDOW_MS;
    return seen;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#runs);
  }
}
