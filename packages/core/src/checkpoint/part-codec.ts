import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import type { ByteWriter } from '../codec/byte-writer.ts';
import type { PartName } from '../storage/snapshot-store.ts';
import { NAME_BYTES, nameFromBytes, nameToBytes } from './part-name.ts';

/** What a part begins with, so that bytes of one kind are never taken for another. */
export const PartKind = { leaf: 1, inner: 2, segment: 3, segments: 4, root: 5 } as const;

/** Bytes of a part before its content. */
export const LEAF_HEAD = 1;
export const SEGMENT_HEAD = 1;

/** Bytes of an item's key and value together, at most, as they are split into segments. */
export const MAX_ITEM_BYTES = 0x4000_0000;

/** An item that stands in its leaf. */
export interface InlineEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** An item that is too large for a leaf: the length of its encoding, and the top of the segments that it is split into. */
export interface SplitEntry {
  readonly length: number;
  readonly top: PartName;
}

export type LeafEntry = InlineEntry | SplitEntry;

/** What an inner node says of a child. */
export interface Child {
  readonly name: PartName;
  /** Items below it. */
  readonly items: number;
  /** Bytes of all parts below it and its own, each as often as it is named. */
  readonly bytes: number;
}

/**
 * A leaf that is read. Its entries are made when they are asked for: many leaves are only checked.
 *
 * A class and no literal with a getter: V8 keeps the getter of each such object, and with it the bytes of the part,
 * until it collects all of its heap.
 */
export class Leaf {
  readonly kind = 'leaf';
  readonly level = 0;
  readonly items: number;
  /** Those of its entries that are split. */
  readonly splits: readonly SplitEntry[];
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, items: number, splits: readonly SplitEntry[]) {
    this.#bytes = bytes;
    this.items = items;
    this.splits = splits;
  }

  get entries(): readonly LeafEntry[] {
    return entriesOf(this.#bytes, this.splits);
  }
}

/** A part that is read. `level` is 0 for a leaf, and for an inner node one more than its children's. */
export type Part =
  | Leaf
  | { readonly kind: 'inner'; readonly level: number; readonly children: readonly Child[] }
  | { readonly kind: 'segment'; readonly bytes: Uint8Array }
  | { readonly kind: 'segments'; readonly names: readonly PartName[] }
  | { readonly kind: 'root'; readonly bytes: Uint8Array };

export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}

/** Bytes of an item as an entry of a leaf. */
export function inlineBytes({ key, value }: InlineEntry): number {
  return varintBytes(2 * key.length) + key.length + varintBytes(value.length) + value.length;
}

/** An even number, twice the key's length, begins an item; 1 begins one that is split. */
export function writeEntry(writer: ByteWriter, entry: LeafEntry): void {
  if ('key' in entry) {
    writer
      .varint(2 * entry.key.length)
      .raw(entry.key)
      .bytes(entry.value);
  } else {
    writer.u8(1).varint(entry.length).raw(nameToBytes(entry.top));
  }
}

export function writeChild(writer: ByteWriter, { name, items, bytes }: Child): void {
  writer.raw(nameToBytes(name)).varint(items).varint(bytes);
}

/**
 * Reads any part but the inside of a root. Views, not copies. Exactly the bytes that encoding gives are taken: what is
 * decoded and encoded again is the same.
 *
 * @throws DecodeError if the bytes are no part.
 */
export function decodePart(bytes: Uint8Array): Part {
  const reader = new ByteReader(bytes);
  const kind = reader.u8();
  switch (kind) {
    case PartKind.leaf:
      return readLeaf(bytes, reader);
    case PartKind.inner:
      return readInner(reader);
    case PartKind.segment:
      if (reader.remaining === 0) throw new DecodeError('a segment without bytes', reader.offset);
      return { kind: 'segment', bytes: reader.raw(reader.remaining) };
    case PartKind.segments:
      return { kind: 'segments', names: readNames(reader) };
    case PartKind.root:
      return { kind: 'root', bytes };
    default:
      throw new DecodeError(`a part of kind ${kind}, which is none`, 0);
  }
}

function readLeaf(bytes: Uint8Array, reader: ByteReader): Leaf {
  const splits: SplitEntry[] = [];
  let items = 0;
  // Of the key before: where it is. Nothing is made of a key only to be compared.
  let before = -1;
  let beforeEnd = -1;
  do {
    const at = reader.offset;
    const head = reader.varint();
    if (head % 2 === 0) {
      const key = reader.offset;
      reader.skip(head / 2);
      if (before >= 0 && compareWithin(bytes, before, beforeEnd, key, reader.offset) >= 0) {
        throw new DecodeError('items that are not in the order of their keys', at);
      }
      before = key;
      beforeEnd = reader.offset;
      reader.skip(reader.varint());
    } else {
      if (head !== 1) throw new DecodeError('an entry of a leaf that is none', at);
      splits.push(readSplit(reader, at));
    }
    items += 1;
  } while (reader.remaining > 0);
  return new Leaf(bytes, items, splits);
}

function readSplit(reader: ByteReader, at: number): SplitEntry {
  const length = reader.varint();
  if (length > MAX_ITEM_BYTES) throw new DecodeError(`an item of ${length} bytes`, at);
  return { length, top: nameFromBytes(reader.raw(NAME_BYTES)) };
}

/** Of a leaf that was read. */
function entriesOf(bytes: Uint8Array, splits: readonly SplitEntry[]): LeafEntry[] {
  const entries: LeafEntry[] = [];
  const reader = new ByteReader(bytes);
  reader.skip(LEAF_HEAD);
  for (let split = 0; reader.remaining > 0; ) {
    const head = reader.varint();
    if (head % 2 === 0) {
      entries.push({ key: reader.raw(head / 2), value: reader.bytes() });
    } else {
      reader.varint();
      reader.skip(NAME_BYTES);
      entries.push(splits[split++] as SplitEntry);
    }
  }
  return entries;
}

/** As `compareBytes`, of two stretches of the same bytes. */
function compareWithin(bytes: Uint8Array, a: number, aEnd: number, b: number, bEnd: number): number {
  const shared = Math.min(aEnd - a, bEnd - b);
  for (let i = 0; i < shared; i++) {
    const difference = (bytes[a + i] as number) - (bytes[b + i] as number);
    if (difference !== 0) return difference;
  }
  return aEnd - a - (bEnd - b);
}

function readInner(reader: ByteReader): Part {
  const level = reader.u8();
  if (level === 0) throw new DecodeError('an inner node of level 0', reader.offset);
  const children: Child[] = [];
  do {
    const at = reader.offset;
    const name = nameFromBytes(reader.raw(NAME_BYTES));
    const [items, bytes] = [reader.varint(), reader.varint()];
    if (items === 0 || bytes === 0) throw new DecodeError('a child with nothing below it', at);
    children.push({ name, items, bytes });
  } while (reader.remaining > 0);
  return { kind: 'inner', level, children };
}

function readNames(reader: ByteReader): PartName[] {
  const names: PartName[] = [];
  do {
    names.push(nameFromBytes(reader.raw(NAME_BYTES)));
  } while (reader.remaining > 0);
  if (names.length < 2) throw new DecodeError('a list of one segment', reader.offset);
  return names;
}
