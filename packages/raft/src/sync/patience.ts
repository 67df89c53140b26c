import type { Clock, Timer } from '@smalti/core';

/** Ends what makes no progress for a time. One timer, however often progress is made. */
export class Patience {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #expired: () => void;
  #last: number;
  #timer: Timer | null = null;

  constructor(clock: Clock, ms: number, expired: () => void) {
    this.#clock = clock;
    this.#ms = ms;
    this.#expired = expired;
    this.#last = clock.now();
    this.#arm();
  }

  /** There was progress. */
  renew(): void {
    this.#last = this.#clock.now();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(): void {
    const left = this.#last + this.#ms - this.#clock.now();
    this.#timer = this.#clock.setTimer(Math.max(0, left), () => {
      // Added, and not subtracted: a difference of two floats can fall short of what it was made of, for ever.
      if (this.#clock.now() >= this.#last + this.#ms) this.#expired();
      else this.#arm();
    });
  }
}
