/** A set of numbers from 0 to `size - 1`, as bits. */
export class NumberSet {
  readonly #words: Int32Array;

  constructor(size: number, words: Int32Array = new Int32Array((size + 31) >>> 5)) {
    this.#words = words;
  }

  has(member: number): boolean {
    return ((this.#words[member >>> 5] as number) & (1 << (member & 31))) !== 0;
  }

  add(member: number): void {
    (this.#words[member >>> 5] as number) |= 1 << (member & 31);
  }

  delete(member: number): void {
    (this.#words[member >>> 5] as number) &= ~(1 << (member & 31));
  }

  /** Whether each member is one of the other set too, which has the same size. */
  isWithin(other: NumberSet): boolean {
    return this.#words.every((word, i) => (word & ~(other.#words[i] as number)) === 0);
  }

  copy(): NumberSet {
    return new NumberSet(0, this.#words.slice());
  }
}
