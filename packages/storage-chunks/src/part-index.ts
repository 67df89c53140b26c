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

/** What the two digits that a name begins with say: 0 to 255, also if they are none. */
function shardOf(name: PartName): number {
  return ((digitAt(name, 0) << 4) | digitAt(name, 1)) & 0xff;
}

function digitAt(name: PartName, at: number): number {
  const code = name.charCodeAt(at);
  return (code & 0xf) + (code > 0x40 ? 9 : 0);
}

/**
 * All parts of the store that are durable. In many maps: one that grows puts all that is in it elsewhere at once, which
 * takes tens of milliseconds for half a million parts.
 */
export class PartIndex {
  readonly #shards: readonly Map<PartName, Place>[] = Array.from({ length: 256 }, () => new Map());
  /** Counts puts: what was put after a moment has a higher number. */
  clock = 1;
  /** Goes up when a part is lost: what is below others is then not known any more. */
  generation = 1;

  has(name: PartName): boolean {
    return this.get(name) !== undefined;
  }

  get(name: PartName): Place | undefined {
    return this.#shardOf(name).get(name);
  }

  /** What is added or forgotten while it is walked through may be there or not. */
  *entries(): IterableIterator<[PartName, Place]> {
    for (const shard of this.#shards) yield* shard;
  }

  /** The part is on the disk, there. */
  set(name: PartName, pack: Pack, at: number, length: number): void {
    const place = this.get(name);
    pack.parts += 1;
    if (place === undefined) {
      this.#shardOf(name).set(name, { pack, at, length, touched: this.clock, mark: 0, whole: 0 });
    } else {
      place.pack.parts -= 1;
      place.pack = pack;
      place.at = at;
      place.touched = this.clock;
    }
  }

  /** It was put again. False if it is not there. */
  touch(name: PartName): boolean {
    const place = this.get(name);
    if (place === undefined) return false;
    place.touched = this.clock;
    // What was below it may be gone, if nobody needed it for a while.
    place.whole = 0;
    return true;
  }

  /** The part is damaged. Does nothing if it is elsewhere by now. */
  lose(name: PartName, pack: Pack, at: number): void {
    const place = this.get(name);
    if (place?.pack !== pack || place.at !== at) return;
    this.forget(name);
    this.generation += 1;
  }

  /** Nobody needs the part, and nothing that is needed names it. */
  forget(name: PartName): void {
    const place = this.get(name);
    if (place === undefined) return;
    place.pack.parts -= 1;
    this.#shardOf(name).delete(name);
  }

  #shardOf(name: PartName): Map<PartName, Place> {
    return this.#shards[shardOf(name)] as Map<PartName, Place>;
  }
}
