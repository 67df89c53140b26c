import { DecodeError, type Snapshot, type SnapshotItem } from '@smalti/core';
import { expiryOf, type KvItem, textOf } from './kv-item.ts';
import { Latin1Reader, Latin1Writer, latin1Of } from './latin1-bytes.ts';
import { MapLoader } from './map-loader.ts';
import { type DeadlineSet, deadlineSet, type OrderedMap, orderedMap } from './ordered-map.ts';

/** The version of what the items of a snapshot mean. */
export const KV_VERSION = 1;

/** What the keys of items begin with: group time comes first, then what is kept at keys, in their order. */
const TIME = 0;
const KEY = 1;

/** Whether a value expires. */
const LASTS = 0;
const EXPIRES = 1;

/** What a snapshot is of. It belongs to the snapshot from now on. */
export interface KvContent {
  readonly items: OrderedMap;
  readonly deadlines: DeadlineSet;
  /** Group time of the last entry that was applied. */
  readonly time: number;
}

/**
 * The state as items: group time, unless it is 0, and one item for each key, those included that have expired and are
 * not removed yet, as they are part of the state.
 */
export class KvSnapshot implements Snapshot {
  #content: KvContent;
  /** Where the last range ended, and how to go on from there: ranges mostly follow each other. */
  #walk: { at: number; readonly rest: Iterator<[string, KvItem]> } | null = null;
  #last: string | null = null;
  /** Items that were appended and are not in the content yet, or null. */
  #loader: MapLoader | null = null;

  constructor(content: KvContent = { items: orderedMap(), deadlines: deadlineSet(), time: 0 }) {
    this.#content = content;
  }

  get content(): KvContent {
    if (this.#loader !== null) {
      this.#content = { ...this.#content, items: this.#loader.map };
      this.#loader = null;
    }
    return this.#content;
  }

  get length(): number {
    return this.content.items.size + this.#before;
  }

  items(from: number, to: number): readonly SnapshotItem[] {
    const found: SnapshotItem[] = [];
    const { time } = this.content;
    if (from === 0 && to > 0 && this.#before === 1) found.push(timeItem(time));
    const first = Math.max(0, from - this.#before);
    const count = Math.min(to, this.length) - from - found.length;
    if (count <= 0) return found;
    const walk = this.#walkTo(first);
    for (let left = count; left > 0; left--) {
      const next = walk.rest.next();
      if (next.done === true) break;
      walk.at++;
      // The iterator hands out the same array each time: nothing is kept of it.
      found.push(encodeItem(next.value[0], next.value[1]));
    }
    return found;
  }

  /** @throws DecodeError if they are no items of this machine, or not in order. */
  append(items: readonly SnapshotItem[]): void {
    this.#walk = null;
    for (const { key, value } of items) {
      if (key[0] === KEY) {
        this.#appendKey(latin1Of(key, 1), value);
      } else {
        // Group time comes before all keys, and once.
        if (this.#last !== null || this.#content.time !== 0) throw disorder();
        this.#content = { ...this.#content, time: decodeTime(key, value) };
      }
    }
  }

  release(): void {
    this.#walk = null;
    this.#loader = null;
    this.#content = { items: orderedMap(), deadlines: deadlineSet(), time: 0 };
  }

  /** How many items come before those of keys. */
  get #before(): number {
    return this.#content.time === 0 ? 0 : 1;
  }

  #appendKey(key: string, value: Uint8Array): void {
    if (this.#last !== null && key <= this.#last) throw disorder();
    this.#last = key;
    const item = decodeValue(value);
    this.#loader ??= new MapLoader(this.#content.items);
    this.#loader.add(key, item);
    const at = expiryOf(item);
    if (at !== null) this.#content.deadlines.set({ at, key }, undefined);
  }

  #walkTo(first: number): { at: number; readonly rest: Iterator<[string, KvItem]> } {
    if (this.#walk === null || this.#walk.at > first) {
      this.#walk = { at: 0, rest: this.#content.items.entries(undefined, []) };
    }
    for (; this.#walk.at < first; this.#walk.at++) this.#walk.rest.next();
    return this.#walk;
  }
}

function disorder(): DecodeError {
  return new DecodeError('items that are not in order', 0);
}

function timeItem(time: number): SnapshotItem {
  return { key: Uint8Array.of(TIME), value: new Latin1Writer(8).i64(BigInt(time)).finish() };
}

function decodeTime(key: Uint8Array, value: Uint8Array): number {
  if (key.length !== 1 || key[0] !== TIME)
    throw new DecodeError('an item that is none of the key-value machine', 0);
  const reader = new Latin1Reader(value);
  const time = Number(reader.i64());
  reader.end();
  if (!Number.isSafeInteger(time) || time <= 0) throw new DecodeError('a group time that is none', 0);
  return time;
}

function encodeItem(key: string, item: KvItem): SnapshotItem {
  const text = textOf(item);
  const at = expiryOf(item);
  const writer = new Latin1Writer((at === null ? 1 : 9) + text.length).u8(at === null ? LASTS : EXPIRES);
  if (at !== null) writer.i64(BigInt(at));
  return {
    key: new Latin1Writer(1 + key.length).u8(KEY).raw(key).finish(),
    value: writer.raw(text).finish(),
  };
}

function decodeValue(bytes: Uint8Array): KvItem {
  if (bytes[0] === LASTS) return latin1Of(bytes, 1);
  const reader = new Latin1Reader(bytes);
  const form = reader.u8();
  if (form !== EXPIRES) throw new DecodeError('a value that is none', 0);
  const at = reader.i64();
  const number = Number(at);
  // As the machine keeps it: a number where one is exact.
  return { at: Number.isSafeInteger(number) ? number : at, value: reader.rest() };
}
