import { invariant, type Random } from '@smalti/core';

/**
 * Seeded chance: equal seeds give equal sequences, on every machine. The generator is sfc32, which passes the usual
 * statistical batteries and keeps 128 bits of state; it can be guessed, so it is for tests alone.
 */
export class SimRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** Equal seeds give equal sequences; a seed is any number or text. */
  constructor(seed: number | string) {
    const words = seedWords(String(seed));
    this.#a = words[0];
    this.#b = words[1];
    this.#c = words[2];
    for (let i = 0; i < 12; i++) this.uint32();
  }

  /** An unsigned 32-bit number. */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  next(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  bytes(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i += 4) {
      const word = this.uint32();
      for (let j = 0; j < 4 && i + j < length; j++) bytes[i + j] = word >>> (8 * j);
    }
    return bytes;
  }

  /** A number in [from, to). */
  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  /** A whole number from 0 to `bound - 1`. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  /** True with that probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of the choices. */
  pick<T>(choices: readonly T[]): T {
    invariant(choices.length > 0, 'a choice among nothing');
    return choices[this.below(choices.length)] as T;
  }

  /** The items in another order, as a new list. */
  shuffle<T>(items: readonly T[]): T[] {
    const list = [...items];
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const moved = list[i] as T;
      list[i] = list[j] as T;
      list[j] = moved;
    }
    return list;
  }

  /** A generator of its own, so that what one part draws does not change what another gets. */
  fork(name: string): SimRandom {
    return new SimRandom(`${this.uint32()}/${this.uint32()}/${name}`);
  }
}

/** Spreads a text over three words: FNV-1a, then the finisher of MurmurHash3 at three offsets. */
function seedWords(text: string): [number, number, number] {
  let hash = 0x811c9dc5;
  let other = text.length;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    other = (Math.imul(other, 31) + text.charCodeAt(i)) | 0;
  }
  return [mix(hash), mix(other ^ 0x9e3779b9), mix(hash + 0x3c6ef372 + Math.imul(other, 3))];
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
