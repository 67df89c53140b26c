/** An amount that grows, and how fast it does: an average in which the last `memoryMs` weigh most. */
export class RateMeter {
  readonly #memoryMs: number;
  #total = 0;
  #at: number | null = null;
  #perMs = 0;
  #seenMs = 0;

  /** @param memoryMs default: 5,000. */
  constructor(memoryMs = 5_000) {
    this.#memoryMs = memoryMs;
  }

  /** Tells the total at a time. Totals that fall begin anew. */
  record(total: number, now: number): void {
    if (this.#at === null || total < this.#total) {
      this.#at = now;
      this.#total = total;
      return;
    }
    const passed = now - this.#at;
    if (passed <= 0) return;
    const weight = 1 - Math.exp(-passed / this.#memoryMs);
    this.#perMs += ((total - this.#total) / passed - this.#perMs) * weight;
    this.#seenMs += passed;
    this.#at = now;
    this.#total = total;
  }

  /** Milliseconds until so much more will have come, or null if nothing is known to come. */
  remainingMs(left: number): number | null {
    if (left <= 0) return 0;
    // What was seen for less time than is remembered has been weighed against a beginning at rest.
    const seen = 1 - Math.exp(-this.#seenMs / this.#memoryMs);
    return this.#perMs > 0 ? Math.round((left * seen) / this.#perMs) : null;
  }
}
