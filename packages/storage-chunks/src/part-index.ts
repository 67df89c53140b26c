import type { PartName } from '@smalti/core';
import type { Pack } from './files/pack.ts';
import { PartTable, type Row } from './part-table.ts';

export type { Row } from './part-table.ts';

/** Where a part is. */
export interface Place {
  readonly pack: Pack;
  readonly at: number;
  readonly length: number;
}

/** What is known of a part. */
const PACK = 0;
const AT = 1;
const LENGTH = 2;
/** When it was put last: see {@link PartIndex.clock}. */
const TOUCHED = 3;
/** The round of collecting that has found it to be needed. */
const MARK = 4;
/** The generation of the index in which everything below it was there. */
const WHOLE = 5;
const COLUMNS = 6;

/** The pack of rows that are nobody's. */
const NO_PACK = 0xffff_ffff;

/** All parts of the store that are durable. */
export class PartIndex {
  readonly #table = new PartTable(COLUMNS);
  /** Those that parts are in, by their numbers. */
  readonly #packs = new Map<number, Pack>();
  /** Counts puts: what was put after a moment has a higher number. Below 2^32, which is a petabyte of puts. */
  clock = 1;
  /** Goes up when a part is lost: what is below others is then not known any more. */
  generation = 1;

  has(name: PartName): boolean {
    return this.find(name) !== null;
  }

  find(name: PartName): Row | null {
    return this.#table.find(name);
  }

  get(name: PartName): Place | null {
    const row = this.find(name);
    const pack = row === null ? null : this.packOf(row);
    if (row === null || pack === null) return null;
    return { pack, at: this.#table.get(row, AT), length: this.lengthOf(row) };
  }

  /** The part is on the disk, there. */
  set(name: PartName, pack: Pack, at: number, length: number): void {
    const found = this.find(name);
    if (found !== null) this.#leave(found);
    const row = found ?? this.#table.add(name);
    pack.parts += 1;
    this.#packs.set(pack.number, pack);
    this.#table.set(row, PACK, pack.number);
    this.#table.set(row, AT, at);
    this.#table.set(row, LENGTH, length);
    this.#table.set(row, TOUCHED, this.clock);
  }

  /** It was put again. False if it is not there. */
  touch(name: PartName): boolean {
    const row = this.find(name);
    if (row === null) return false;
    this.#table.set(row, TOUCHED, this.clock);
    // What was below it may be gone, if nobody needed it for a while.
    this.#table.set(row, WHOLE, 0);
    return true;
  }

  /** The part is damaged. Does nothing if it is elsewhere by now. */
  lose(name: PartName, pack: Pack, at: number): void {
    const row = this.find(name);
    if (row === null || this.packOf(row) !== pack || this.#table.get(row, AT) !== at) return;
    this.forget(row);
    this.generation += 1;
  }

  /** True if everything below the part was there in that generation. */
  isWhole(name: PartName, generation: number): boolean {
    const row = this.find(name);
    return row !== null && this.#table.get(row, WHOLE) === generation;
  }

  /** True if that round of collecting has found the part to be needed. */
  isMarked(name: PartName, round: number): boolean {
    const row = this.find(name);
    return row !== null && this.markOf(row) === round;
  }

  /** That round of collecting has found the part to be needed. False if it is not there. */
  mark(name: PartName, round: number): boolean {
    const row = this.find(name);
    if (row !== null) this.#table.set(row, MARK, round);
    return row !== null;
  }

  /** What is added or forgotten while it is walked through may be there or not. */
  *rows(): IterableIterator<Row> {
    for (let row = 0; row < this.#table.rows; row++) if (this.packOf(row) !== null) yield row;
  }

  nameOf(row: Row): PartName {
    return this.#table.nameOf(row);
  }

  /** Null if nothing is there any more. */
  packOf(row: Row): Pack | null {
    return this.#packs.get(this.#table.get(row, PACK)) ?? null;
  }

  lengthOf(row: Row): number {
    return this.#table.get(row, LENGTH);
  }

  touchedOf(row: Row): number {
    return this.#table.get(row, TOUCHED);
  }

  markOf(row: Row): number {
    return this.#table.get(row, MARK);
  }

  /** Everything below the part was there in that generation; 0 if a commit must not take that for granted. */
  setWhole(row: Row, generation: number): void {
    this.#table.set(row, WHOLE, generation);
  }

  /** Nobody needs the part, and nothing that is needed names it. */
  forget(row: Row): void {
    this.#leave(row);
    this.#table.set(row, PACK, NO_PACK);
    this.#table.remove(row);
  }

  #leave(row: Row): void {
    const pack = this.packOf(row);
    if (pack === null) return;
    pack.parts -= 1;
    if (pack.parts === 0) this.#packs.delete(pack.number);
  }
}
