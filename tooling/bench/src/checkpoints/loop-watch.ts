import { PerformanceObserver } from 'node:perf_hooks';
import { quantile } from '../distribution.ts';

/** How long the event loop was held up, in milliseconds. */
export interface Held {
  readonly max: number;
  /** The most that this thread computed in one go: other processes that want the same cores do not count. */
  readonly maxBusy: number;
  readonly p99Busy: number;
  /** The longest that a collection of garbage took. */
  readonly maxCollection: number;
}

/** Looks every millisecond how late it is. What it tells is a turn of the loop, and at times two. */
export class LoopWatch {
  #max = 0;
  #busy: number[] = [];
  #maxCollection = 0;

  constructor() {
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries())
        this.#maxCollection = Math.max(this.#maxCollection, duration);
    }).observe({ entryTypes: ['gc'] });
    let at = performance.now();
    let used = process.threadCpuUsage();
    setInterval(() => {
      const now = performance.now();
      const { user, system } = process.threadCpuUsage(used);
      used = process.threadCpuUsage();
      this.#max = Math.max(this.#max, now - at);
      this.#busy.push((user + system) / 1000);
      at = now;
    }, 1).unref();
  }

  /** Since it was asked last. */
  take(): Held {
    const busy = this.#busy;
    const maxBusy = busy.reduce((most, each) => Math.max(most, each), 0);
    const maxCollection = this.#maxCollection;
    const held = { max: this.#max, maxBusy, p99Busy: quantile(busy, 0.99), maxCollection };
    this.#max = 0;
    this.#maxCollection = 0;
    this.#busy = [];
    return held;
  }
}
