/** How many entries of each segment are still in some log, and their bytes. */
export class SegmentUse {
  readonly #entries = new Map<number, number>();
  readonly #bytes = new Map<number, number>();
  /** Bytes of all frames that are in some log. */
  total = 0;

  add(segment: number, bytes: number): void {
    this.#change(segment, 1, bytes);
  }

  remove(segment: number, bytes: number): void {
    this.#change(segment, -1, -bytes);
  }

  isUsed(segment: number): boolean {
    return (this.#entries.get(segment) ?? 0) > 0;
  }

  bytesOf(segment: number): number {
    return this.#bytes.get(segment) ?? 0;
  }

  forget(segment: number): void {
    this.#entries.delete(segment);
    this.#bytes.delete(segment);
  }

  #change(segment: number, entries: number, bytes: number): void {
    this.#entries.set(segment, (this.#entries.get(segment) ?? 0) + entries);
    this.#bytes.set(segment, this.bytesOf(segment) + bytes);
    this.total += bytes;
  }
}
