/** A running 64-bit hash (two FNV-1a lanes) of what happened. Equal runs have equal digests. */
export class Digest {
  #a = 0x811c9dc5;
  #b = 0x01000193;

  add(text: string): void {
    let a = this.#a;
    let b = this.#b;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = Math.imul(a ^ unit, 0x01000193);
      b = Math.imul(b ^ unit ^ (a >>> 15), 0x85ebca6b);
    }
    // The end of a text counts, so that 'ab','c' and 'a','bc' differ.
    this.#a = Math.imul(a ^ 0xffff, 0x01000193);
    this.#b = Math.imul(b ^ 0xffff, 0x85ebca6b);
  }

  /** 16 hex digits. */
  toString(): string {
    const lane = (value: number): string => (value >>> 0).toString(16).padStart(8, '0');
    return lane(this.#a) + lane(this.#b);
  }
}
