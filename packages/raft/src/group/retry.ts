import type { Clock, Timer } from '@smalti/core';

/** Tries again after a while, once however often it is asked. */
export class Retry {
  readonly #clock: Clock;
  readonly #delayMs: number;
  readonly #again: () => void;
  #timer: Timer | null = null;
  #closed = false;

  constructor(clock: Clock, delayMs: number, again: () => void) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#again = again;
  }

  later(): void {
    if (this.#timer !== null || this.#closed) return;
    this.#timer = this.#clock.setTimer(this.#delayMs, () => {
      this.#timer = null;
      this.#again();
    });
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }
}
