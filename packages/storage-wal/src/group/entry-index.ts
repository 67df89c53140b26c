import { type Index, invariant } from '@smalti/core';

/** Where an entry's frame is. */
export interface FramePlace {
  /** Number of the segment; 0 while that is not known, which happens during recovery only. */
  readonly segment: number;
  /** Where in it the frame begins, in bytes of payload (see sector.ts). */
  readonly place: number;
  readonly length: number;
}

/** Where the frames of a group are: 12 bytes for each entry, in arrays of numbers. */
export class EntryIndex {
  /** The index of the first entry. */
  first: Index;
  count = 0;
  #segments = new Uint32Array(64);
  #places = new Uint32Array(64);
  #lengths = new Uint32Array(64);
  #head = 0;

  constructor(first: Index) {
    this.first = first;
  }

  push(segment: number, place: number, length: number): void {
    const slot = this.#head + this.count;
    if (slot === this.#lengths.length) {
      this.#makeRoom();
      this.push(segment, place, length);
      return;
    }
    this.#segments[slot] = segment;
    this.#places[slot] = place;
    this.#lengths[slot] = length;
    this.count += 1;
  }

  at(index: Index): FramePlace {
    const slot = this.#slot(index);
    return {
      segment: this.#segments[slot] as number,
      place: this.#places[slot] as number,
      length: this.#lengths[slot] as number,
    };
  }

  segmentOf(index: Index): number {
    return this.#segments[this.#slot(index)] as number;
  }

  lengthOf(index: Index): number {
    return this.#lengths[this.#slot(index)] as number;
  }

  set(index: Index, segment: number, place: number, length: number): void {
    const slot = this.#slot(index);
    this.#segments[slot] = segment;
    this.#places[slot] = place;
    this.#lengths[slot] = length;
  }

  /** Forgets the last entries. */
  dropBack(count: number): void {
    invariant(count >= 0 && count <= this.count, `${count} of ${this.count} entries dropped`);
    this.count -= count;
  }

  /** Forgets the first entries. */
  dropFront(count: number): void {
    invariant(count >= 0 && count <= this.count, `${count} of ${this.count} entries dropped`);
    this.count -= count;
    this.#head += count;
    this.first = (this.first + count) as Index;
  }

  #slot(index: Index): number {
    const at = index - this.first;
    invariant(at >= 0 && at < this.count, `entry ${index} is not in the index`);
    return this.#head + at;
  }

  #makeRoom(): void {
    const grow = this.count * 2 > this.#lengths.length;
    const end = this.#head + this.count;
    const moved = (old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      if (!grow) return old.copyWithin(0, this.#head, end);
      const larger = new Uint32Array(old.length * 2);
      larger.set(old.subarray(this.#head, end));
      return larger;
    };
    this.#segments = moved(this.#segments);
    this.#places = moved(this.#places);
    this.#lengths = moved(this.#lengths);
    this.#head = 0;
  }
}
