const SAMPLES = 128;

/** How long answers took lately: the last 128. */
export class Latencies {
  readonly #samples: number[] = [];
  #at = 0;

  record(ms: number): void {
    this.#samples[this.#at] = ms;
    this.#at = (this.#at + 1) % SAMPLES;
  }

  /** The least time within which that share (0 to 1) of the answers came, in milliseconds; null before the first. */
  percentile(share: number): number | null {
    const sorted = this.#samples.toSorted((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
  }
}
