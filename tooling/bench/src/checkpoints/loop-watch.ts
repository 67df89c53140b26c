import { PerformanceObserver } from 'node:perf_hooks';
import { quantile } from '../distribution.ts';

/** How long the event loop was held up, in milliseconds. */
export interface Held {
  readonly max: number;
  /** The most that this thread computed in one go: other processes that want the same cores do not count. */
  readonly maxBusy: number;
  readonly p99Busy: number;
  /** The most that it computed in one go but for collecting garbage. */
  readonly maxOwn: number;
  /** The longest that a collection of garbage took. */
  readonly maxCollection: number;
}

/** A turn is looked at more closely if it computed for longer than this. */
const LONG_MS = 3;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Looks every millisecond how late it is. What it tells is a turn of the loop, and at times two. */
export class LoopWatch {
  #max = 0;
  #busy: number[] = [];
  #long: (Span & { readonly busy: number })[] = [];
  #collections: Span[] = [];

  constructor() {
    new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        this.#collections.push({ from: startTime, to: startTime + duration });
    }).observe({ entryTypes: ['gc'] });
    let at = performance.now();
    let used = process.threadCpuUsage();
    setInterval(() => {
      const now = performance.now();
      const { user, system } = process.threadCpuUsage(used);
      used = process.threadCpuUsage();
      this.#max = Math.max(this.#max, now - at);
      const busy = (user + system) / 1000;
      this.#busy.push(busy);
      if (busy > LONG_MS) this.#long.push({ from: at, to: now, busy });
      at = now;
    }, 1).unref();
  }

  /** Since it was asked last. */
  take(): Held {
    const busy = this.#busy;
    const maxBusy = busy.reduce((most, each) => Math.max(most, each), 0);
    const collections = this.#collections;
    const collected = ({ from, to }: Span): number =>
      collections
        .filter((each) => each.from >= from && each.to <= to)
        .reduce((sum, each) => sum + each.to - each.from, 0);
    const maxOwn = this.#long.reduce((most, turn) => Math.max(most, turn.busy - collected(turn)), 0);
    const maxCollection = collections.reduce((most, { from, to }) => Math.max(most, to - from), 0);
    const held = { max: this.#max, maxBusy, p99Busy: quantile(busy, 0.99), maxOwn, maxCollection };
    this.#max = 0;
    this.#busy = [];
    this.#long = [];
    this.#collections = [];
    return held;
  }
}
