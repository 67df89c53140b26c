import { createRequire } from 'node:module';
import { ByteReader, ByteWriter, DecodeError, type Snapshot, type SnapshotItem } from '@smalti/core';

// The library is CommonJS with an export named `default`, which loaders import in different ways; all require alike.
const { default: BTree } = createRequire(import.meta.url)('sorted-btree') as typeof import('sorted-btree');

/** Texts by key, in the order of the keys. `clone()` takes O(1): copies share what none of them has changed. */
export type Values = InstanceType<typeof BTree<string, string>>;

/** No texts yet. Keys are ASCII, so that the order of texts is that of their bytes. */
export function noValues(): Values {
  return new BTree<string, string>(undefined, (a, b) => (a < b ? -1 : a === b ? 0 : 1));
}

/** What has led to a state: replicas that have applied the same commands in the same order have the same. */
export interface Trail {
  /** Index of the last command. */
  readonly last: number;
  /** A sum over the indices and ids of all commands. */
  readonly sum: number;
}

export const NO_TRAIL: Trail = { last: 0, sum: 0 };

export function trailAfter({ sum }: Trail, index: number, id: number): Trail {
  return { last: index, sum: (Math.imul(sum, 0x01000193) ^ (id * 31 + index)) >>> 0 };
}

/** The first byte of the keys of items. */
const TRAIL = 0;
const VALUE = 1;

/** Bytes that each item is longer than it would have to be, so that a state of a few hundred keys has many parts. */
const PADDING = 96;

const toBytes = new TextEncoder();
const toText = new TextDecoder();

/** The state of the seeds' machine, held still. */
export class KvSnapshot implements Snapshot {
  values: Values;
  /** Null as long as nothing was appended. */
  trail: Trail | null;
  /** Where the last range ended, and how to go on from there. */
  #walk: { at: number; readonly rest: Iterator<[string, string]> } | null = null;
  #last: string | null = null;

  /** @param values belong to the snapshot from now on. */
  constructor(values: Values = noValues(), trail: Trail | null = null) {
    this.values = values;
    this.trail = trail;
  }

  get length(): number {
    return this.values.size + (this.trail === null ? 0 : 1);
  }

  items(from: number, to: number): readonly SnapshotItem[] {
    const { trail } = this;
    const found: SnapshotItem[] = [];
    const before = trail === null ? 0 : 1;
    if (trail !== null && from === 0 && to > 0) {
      const value = new ByteWriter(16).varint(trail.last).varint(trail.sum).finish();
      found.push({ key: Uint8Array.of(TRAIL), value });
    }
    const end = Math.min(to, this.length) - before;
    const walk = this.#walkTo(Math.max(0, from - before));
    while (walk.at < end) {
      const next = walk.rest.next();
      if (next.done === true) break;
      walk.at += 1;
      found.push(itemOf(next.value[0], next.value[1]));
    }
    return found;
  }

  append(items: readonly SnapshotItem[]): void {
    this.#walk = null;
    for (const { key, value } of items) {
      const reader = new ByteReader(value);
      const name = toText.decode(key.subarray(1));
      if (key[0] === TRAIL) this.trail = { last: reader.varint(), sum: reader.varint() };
      else if (this.#last !== null && name <= this.#last)
        throw new DecodeError('items that are not in order', 0);
      else {
        this.#last = name;
        this.values.set(name, reader.text(1 << 20));
        reader.raw(PADDING);
      }
      reader.end();
    }
  }

  release(): void {
    this.#walk = null;
    this.values = noValues();
    this.trail = null;
  }

  #walkTo(at: number): { at: number; readonly rest: Iterator<[string, string]> } {
    if (this.#walk === null || this.#walk.at > at)
      this.#walk = { at: 0, rest: this.values.entries(undefined, []) };
    for (; this.#walk.at < at; this.#walk.at++) this.#walk.rest.next();
    return this.#walk;
  }
}

function itemOf(key: string, text: string): SnapshotItem {
  const name = toBytes.encode(key);
  const named = new Uint8Array(name.length + 1);
  named[0] = VALUE;
  named.set(name, 1);
  // Of every key its own, so that no two items have the same bytes.
  const padding = new Uint8Array(PADDING);
  for (let i = 0; i < PADDING; i++) padding[i] = (name[i % name.length] ?? 0) ^ i;
  return { key: named, value: new ByteWriter(128 + text.length).text(text).raw(padding).finish() };
}
