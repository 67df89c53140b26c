const SAMPLES = 128;

/** How long answers took lately: the last 128. */
export class Latencies {
  readonly #samples: number[] = [];
  #at = 0;
  /** In order; made when it is asked for, which is far more often than answers come. */
  #sorted: readonly number[] | null = null;

  record(ms: number): void {
    this.#sorted = null;
    this.#samples[this.#at] = ms;
    this.#at = (this.#at + 1) % SAMPLES;
  }

  /** The least time within which that share (0 to 1) of the answers came, in milliseconds; null before the first. */
  percentile(share: number): number | null {
    this.#sorted ??= this.#samples.toSorted((a, b) => a - b);
    const sorted = this.#sorted;
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
  }
}
