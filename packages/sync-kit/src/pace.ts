/** Holds a rate over time: what was spent is paid off at the rate, and until then nothing more is. */
export class Pace {
  readonly #burstMs: number;
  #paidAt = Number.NEGATIVE_INFINITY;

  /** @param burstMs how much of the rate may be saved up while nothing is spent. Default: 20. */
  constructor(burstMs = 20) {
    this.#burstMs = burstMs;
  }

  /** Spends an amount, at the rate that holds now. */
  spend(amount: number, perSecond: number, now: number): void {
    this.#paidAt = Math.max(this.#paidAt, now - this.#burstMs) + (amount * 1000) / perSecond;
  }

  /** Milliseconds until everything is paid off; 0 if it is. */
  waitMs(now: number): number {
    return Math.max(0, this.#paidAt - now);
  }
}
