import type { PartName } from '@smalti/core';

const FIRST_SLOTS = 1024;

/**
 * A set of names in 16 bytes for each: of a name only its first 64 bits are kept. Names that begin alike are taken for
 * one, which does not happen by chance.
 */
export class NameSet {
  /** Two numbers for each slot; a slot of zeros is empty. */
  #slots = new Uint32Array(2 * FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(name: PartName): boolean {
    const [high, low] = headOf(name);
    const at = this.#find(high, low);
    return this.#slots[at] !== 0 || this.#slots[at + 1] !== 0;
  }

  add(name: PartName): void {
    const [high, low] = headOf(name);
    this.#put(high, low);
    if (2 * this.#size * 2 > this.#slots.length) this.#grow();
  }

  #put(high: number, low: number): void {
    const at = this.#find(high, low);
    if (this.#slots[at] === 0 && this.#slots[at + 1] === 0) this.#size += 1;
    this.#slots[at] = high;
    this.#slots[at + 1] = low;
  }

  /** Where it is, or would be. */
  #find(high: number, low: number): number {
    const slots = this.#slots;
    const count = slots.length / 2;
    for (let slot = low % count; ; slot = (slot + 1) % count) {
      const at = 2 * slot;
      if (slots[at] === high && slots[at + 1] === low) return at;
      if (slots[at] === 0 && slots[at + 1] === 0) return at;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(2 * old.length);
    this.#size = 0;
    for (let at = 0; at < old.length; at += 2) {
      const [high = 0, low = 0] = [old[at], old[at + 1]];
      if (high !== 0 || low !== 0) this.#put(high, low);
    }
  }
}

function headOf(name: PartName): readonly [number, number] {
  const [high, low] = [Number.parseInt(name.slice(0, 8), 16), Number.parseInt(name.slice(8, 16), 16)];
  return high === 0 && low === 0 ? [0, 1] : [high, low];
}
