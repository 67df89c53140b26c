import { type PartName, toHex } from '@smalti/core';

/** Bits of a name that choose its shard: the first ones. */
const SHARD_BITS = 8;
const NAME_DIGITS = 64;
const WORD_DIGITS = 8;
const NAME_WORDS = NAME_DIGITS / WORD_DIGITS;
const SLAB_BITS = 9;
const SLAB_ROWS = 1 << SLAB_BITS;
const FIRST_SLOTS = 8;
/** What shards have as long as nothing is in them. Nothing is ever written to it. */
const NO_SLOTS = new Uint32Array(1);

/** Where what is known of a part stands. Good until the part is removed; then another one gets it. */
export type Row = number;

/**
 * Names of parts, and a few numbers from 0 to 2^32 - 1 with each. A large state has millions of parts, and an object and
 * a string for each would take four times as much memory: here it is a row in a slab of numbers, and about eight bytes for
 * finding it. Rows never move, so that nothing is copied when there are more of them. They are found by open addressing,
 * in many small tables: one that grows puts all that is in it elsewhere at once. Memory is for as many parts as there
 * were at once.
 */
export class PartTable {
  readonly #words: number;
  readonly #slabs: Uint32Array[] = [];
  /** Of each slot one more than the row, or 0. */
  readonly #shards: Uint32Array[] = Array.from({ length: 1 << SHARD_BITS }, () => NO_SLOTS);
  readonly #sizes = new Uint32Array(1 << SHARD_BITS);
  readonly #free: Row[] = [];
  #rows = 0;

  /** @param columns Numbers with each part. */
  constructor(columns: number) {
    this.#words = NAME_WORDS + columns;
  }

  /** All rows are below; some may be nobody's. */
  get rows(): number {
    return this.#rows;
  }

  find(name: PartName): Row | null {
    const head = wordOf(name, 0);
    const slots = this.#shards[shardOf(head)] as Uint32Array;
    const mask = slots.length - 1;
    for (let slot = head & mask; ; slot = (slot + 1) & mask) {
      const row = (slots[slot] as number) - 1;
      if (row < 0) return null;
      if (this.#word(row, 0) === head && this.#isOf(row, name)) return row;
    }
  }

  /** Adds a name that is not there. All of its numbers are 0. */
  add(name: PartName): Row {
    const row = this.#free.pop() ?? this.#newRow();
    const slab = this.#slabs[row >>> SLAB_BITS] as Uint32Array;
    const from = (row & (SLAB_ROWS - 1)) * this.#words;
    slab.fill(0, from, from + this.#words);
    for (let i = 0; i < NAME_WORDS; i++) slab[from + i] = wordOf(name, i);
    const shard = shardOf(this.#word(row, 0));
    const size = (this.#sizes[shard] as number) + 1;
    this.#sizes[shard] = size;
    let slots = this.#shards[shard] as Uint32Array;
    if (3 * size > 2 * slots.length) {
      const old = slots;
      slots = new Uint32Array(Math.max(FIRST_SLOTS, 2 * old.length));
      this.#shards[shard] = slots;
      for (const held of old) if (held > 0) this.#enter(slots, held - 1);
    }
    this.#enter(slots, row);
    return row;
  }

  /** Removes what is there. Its numbers stay until the row is another's. */
  remove(row: Row): void {
    const shard = shardOf(this.#word(row, 0));
    const slots = this.#shards[shard] as Uint32Array;
    const mask = slots.length - 1;
    let hole = this.#home(row, mask);
    while (slots[hole] !== row + 1) hole = (hole + 1) & mask;
    // What comes after it, and would not be found behind a gap, moves up.
    for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const held = slots[slot] as number;
      const way = (slot - this.#home(held - 1, mask)) & mask;
      if (way < ((slot - hole) & mask)) continue;
      slots[hole] = held;
      hole = slot;
    }
    slots[hole] = 0;
    this.#sizes[shard] = (this.#sizes[shard] as number) - 1;
    this.#free.push(row);
  }

  nameOf(row: Row): PartName {
    const bytes = new DataView(new ArrayBuffer(NAME_DIGITS / 2));
    for (let i = 0; i < NAME_WORDS; i++) bytes.setUint32(4 * i, this.#word(row, i));
    return toHex(new Uint8Array(bytes.buffer)) as PartName;
  }

  get(row: Row, column: number): number {
    return this.#word(row, NAME_WORDS + column);
  }

  set(row: Row, column: number, value: number): void {
    const slab = this.#slabs[row >>> SLAB_BITS] as Uint32Array;
    slab[(row & (SLAB_ROWS - 1)) * this.#words + NAME_WORDS + column] = value;
  }

  #newRow(): Row {
    const row = this.#rows;
    if (row >>> SLAB_BITS === this.#slabs.length) this.#slabs.push(new Uint32Array(SLAB_ROWS * this.#words));
    this.#rows += 1;
    return row;
  }

  #word(row: Row, at: number): number {
    const slab = this.#slabs[row >>> SLAB_BITS] as Uint32Array;
    return slab[(row & (SLAB_ROWS - 1)) * this.#words + at] as number;
  }

  #isOf(row: Row, name: PartName): boolean {
    for (let i = 1; i < NAME_WORDS; i++) if (this.#word(row, i) !== wordOf(name, i)) return false;
    return name.length === NAME_DIGITS;
  }

  #enter(slots: Uint32Array, row: Row): void {
    const mask = slots.length - 1;
    let slot = this.#home(row, mask);
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = row + 1;
  }

  /** The slot where it is looked for first. */
  #home(row: Row, mask: number): number {
    return this.#word(row, 0) & mask;
  }
}

function shardOf(head: number): number {
  return head >>> (32 - SHARD_BITS);
}

/** Of lower-case hex digits; -1 for other characters. */
const VALUES = Int8Array.from({ length: 128 }, (_, code) =>
  '0123456789abcdef'.indexOf(String.fromCharCode(code)),
);

/** Eight digits of a name as a number, or -1 if they are none. */
function wordOf(name: PartName, word: number): number {
  const from = WORD_DIGITS * word;
  let value = 0;
  let all = 0;
  for (let at = from; at < from + WORD_DIGITS; at++) {
    const digit = VALUES[name.charCodeAt(at)] ?? -1;
    value = (value << 4) | digit;
    all |= digit;
  }
  return all < 0 ? -1 : value >>> 0;
}
