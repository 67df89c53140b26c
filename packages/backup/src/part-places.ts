import type { PartName } from '@smalti/core';

/** Digits of a name that are kept: 52 bits, which a double holds. What is found by them is checked by reading it. */
const TAG_DIGITS = 13;
const FIRST_SLOTS = 1024;

/**
 * Where the parts of an archive begin: a table of about 24 bytes a part, which two that begin alike may share for a
 * while. It tells places at which a part may be; what is there, its reader finds out.
 */
export class PartPlaces {
  #tags = new Float64Array(FIRST_SLOTS);
  /** Offset of the record, never 0; negative once it was asked for. 0 for a free slot. */
  #offsets = new Float64Array(FIRST_SLOTS);
  #size = 0;
  #asked = 0;

  /** Different parts. */
  get size(): number {
    return this.#size;
  }

  /** How many of them were marked. */
  get marked(): number {
    return this.#asked;
  }

  add(name: PartName, offset: number): void {
    if (this.#size * 4 > this.#tags.length * 3) this.#grow();
    this.#put(tagOf(name), offset);
    this.#size += 1;
  }

  /** Slots at which that part may be. */
  *slots(name: PartName): Generator<number, void> {
    const tag = tagOf(name);
    const mask = this.#tags.length - 1;
    for (let slot = tag % this.#tags.length; this.#offsets[slot] !== 0; slot = (slot + 1) & mask) {
      if (this.#tags[slot] === tag) yield slot;
    }
  }

  offsetAt(slot: number): number {
    return Math.abs(this.#offsets[slot] as number);
  }

  /** Notes that the part of that slot is needed. */
  mark(slot: number): void {
    const offset = this.#offsets[slot] as number;
    if (offset < 0) return;
    this.#offsets[slot] = -offset;
    this.#asked += 1;
  }

  #put(tag: number, offset: number): void {
    const mask = this.#tags.length - 1;
    let slot = tag % this.#tags.length;
    while (this.#offsets[slot] !== 0) slot = (slot + 1) & mask;
    this.#tags[slot] = tag;
    this.#offsets[slot] = offset;
  }

  #grow(): void {
    const [tags, offsets] = [this.#tags, this.#offsets];
    this.#tags = new Float64Array(tags.length * 2);
    this.#offsets = new Float64Array(tags.length * 2);
    for (const [slot, offset] of offsets.entries()) if (offset !== 0) this.#put(tags[slot] as number, offset);
  }
}

function tagOf(name: PartName): number {
  return Number.parseInt(name.slice(0, TAG_DIGITS), 16);
}
