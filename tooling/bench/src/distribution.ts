/** The value below which that share of them lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Milliseconds, for people. */
export function showDistribution(values: readonly number[]): string {
  const [p50, p99, max] = [quantile(values, 0.5), quantile(values, 0.99), Math.max(...values)];
  return `p50 ${p50.toFixed(0)} p99 ${p99.toFixed(0)} max ${max.toFixed(0)} ms`;
}

/** Each step is so much longer than the one before: what is told is at most as much too long. */
const STEP = 1.02;
/** The first step, in milliseconds. */
const FIRST_MS = 0.05;

/** How many of very many latencies fall into which step: what can be sent from one process to another, and be added up. */
export class Steps {
  readonly counts: number[] = [];
  /** What has no latency, as it was refused: longer than any. */
  refused = 0;

  note(ms: number): void {
    const step = Math.max(0, Math.ceil(Math.log(ms / FIRST_MS) / Math.log(STEP)));
    this.counts[step] = (this.counts[step] ?? 0) + 1;
  }

  add(counts: readonly (number | null)[], refused: number): void {
    for (const [step, count] of counts.entries()) this.counts[step] = (this.counts[step] ?? 0) + (count ?? 0);
    this.refused += refused;
  }

  /** The step below which that share of all lies, in milliseconds; infinite if it is among those that were refused. */
  quantile(share: number): number {
    const all = this.counts.reduce((sum, count) => sum + (count ?? 0), this.refused);
    let left = all * share;
    for (const [step, count] of this.counts.entries()) {
      left -= count ?? 0;
      if (left < 0) return FIRST_MS * STEP ** step;
    }
    return Number.POSITIVE_INFINITY;
  }
}
