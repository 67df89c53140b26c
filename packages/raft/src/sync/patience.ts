import type { Clock, Timer } from '@smalti/core';

/** Ends what makes no progress for a time. One timer, however often progress is made. */
export class Patience {
  readonly #clock: Clock;
  readonly #ms: number;
  readonly #expired: () => void;
  #last: number;
  #still: { readonly since: number; readonly mostMs: number } | null = null;
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

  /** Time stands still until `resume`, for so long at most. */
  suspend(mostMs: number): void {
    this.#still = { since: this.#clock.now(), mostMs };
  }

  resume(): void {
    if (this.#still === null) return;
    const { since, mostMs } = this.#still;
    this.#still = null;
    this.#last += Math.min(mostMs, this.#clock.now() - since);
    if (this.#timer === null) return;
    this.#timer.cancel();
    this.#arm();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #arm(): void {
    this.#timer = this.#clock.setTimer(Math.max(0, this.#end() - this.#clock.now()), () => {
      if (this.#clock.now() >= this.#end()) this.#expired();
      else this.#arm();
    });
  }

  #end(): number {
    // Added, and not subtracted: a difference of two floats can fall short of what it was made of, for ever.
    return this.#last + this.#ms + (this.#still?.mostMs ?? 0);
  }
}
