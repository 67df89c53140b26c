import type { PartName } from '@smalti/core';
import type { Pack } from './files/pack.ts';

/** Where a part is, and what is known of it. */
export interface Place {
  pack: Pack;
  at: number;
  readonly length: number;
  /** When it was put last: see {@link PartIndex.clock}. */
  touched: number;
  /** The round of collecting that has found it to be needed. */
  mark: number;
  /** The generation of the index in which everything below it was there. */
  whole: number;
}

/** All parts of the store that are durable. */
export class PartIndex {
  readonly #places = new Map<PartName, Place>();
  /** Counts puts: what was put after a moment has a higher number. */
  clock = 1;
  /** Goes up when a part is lost: what is below others is then not known any more. */
  generation = 1;

  get size(): number {
    return this.#places.size;
  }

  has(name: PartName): boolean {
    return this.#places.has(name);
  }

  get(name: PartName): Place | undefined {
    return this.#places.get(name);
  }

  entries(): IterableIterator<[PartName, Place]> {
    return this.#places.entries();
  }

  /** The part is on the disk, there. */
  set(name: PartName, pack: Pack, at: number, length: number): void {
    const place = this.#places.get(name);
    pack.parts += 1;
    if (place === undefined) {
      this.#places.set(name, { pack, at, length, touched: this.clock, mark: 0, whole: 0 });
    } else {
      place.pack.parts -= 1;
      place.pack = pack;
      place.at = at;
      place.touched = this.clock;
    }
  }

  /** It was put again. False if it is not there. */
  touch(name: PartName): boolean {
    const place = this.#places.get(name);
    if (place === undefined) return false;
    place.touched = this.clock;
    // What was below it may be gone, if nobody needed it for a while.
    place.whole = 0;
    return true;
  }

  /** The part is damaged. Does nothing if it is elsewhere by now. */
  lose(name: PartName, pack: Pack): void {
    if (this.#places.get(name)?.pack !== pack) return;
    this.forget(name);
    this.generation += 1;
  }

  /** Nobody needs the part, and nothing that is needed names it. */
  forget(name: PartName): void {
    const place = this.#places.get(name);
    if (place === undefined) return;
    place.pack.parts -= 1;
    this.#places.delete(name);
  }
}
