import type { Clock } from '@smalti/core';

/** Milliseconds of one window. A rate is of the last one or two. */
const WINDOW_MS = 500;

/** How fast a queue drains, as it was measured lately. */
export class DrainRate {
  readonly #clock: Clock;
  #window = 0;
  #now = 0;
  #before = 0;
  #drainedAt: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#drainedAt = clock.now();
  }

  /** So much has left the queue. */
  drained(amount: number): void {
    this.#roll();
    this.#now += amount;
    this.#drainedAt = this.#clock.now();
  }

  /** Something came into the queue, which was empty: until now it could not drain. */
  began(): void {
    this.#drainedAt = this.#clock.now();
  }

  /**
   * Milliseconds until so much will have drained, if it goes on as lately. If nothing has drained lately it is as
   * long again as that has lasted.
   */
  wait(amount: number): number {
    this.#roll();
    const now = this.#clock.now();
    const into = now - this.#window * WINDOW_MS;
    // Of the window before, the part that still lies within one window's length.
    const drained = this.#now + (this.#before * Math.max(0, WINDOW_MS - into)) / WINDOW_MS;
    return drained > 0 ? (amount * WINDOW_MS) / drained : now - this.#drainedAt;
  }

  #roll(): void {
    const window = Math.floor(this.#clock.now() / WINDOW_MS);
    if (window === this.#window) return;
    this.#before = window === this.#window + 1 ? this.#now : 0;
    this.#now = 0;
    this.#window = window;
  }
}
