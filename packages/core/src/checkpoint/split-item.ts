import { ByteReader } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { PartName } from '../storage/snapshot-store.ts';
import { type CheckpointFormat, SEGMENT_BOUNDS } from './format.ts';
import {
  type InlineEntry,
  inlineBytes,
  LEAF_HEAD,
  MAX_ITEM_BYTES,
  PartKind,
  SEGMENT_HEAD,
} from './part-codec.ts';
import type { PartMemory } from './part-memory.ts';
import { NAME_BYTES, nameNewPart, nameToBytes } from './part-name.ts';

// An item that fits no leaf is encoded and split into segments of a fixed length. Lists of their names, and lists of
// lists, have as many names as fit; what a list covers follows from the length of the item alone.

/** A part that was cut. */
export interface CutPart {
  readonly name: PartName;
  readonly bytes: Uint8Array;
}

/** Bytes of an item in a segment, at most. */
export function segmentBytes({ maxBytes }: CheckpointFormat): number {
  return SEGMENT_BOUNDS * maxBytes - SEGMENT_HEAD;
}

/** True if the item fits no leaf. */
export function mustSplit(item: InlineEntry, { maxBytes }: CheckpointFormat): boolean {
  return inlineBytes(item) > maxBytes - LEAF_HEAD;
}

/** Bytes that are split. @throws RangeError if they are more than {@link MAX_ITEM_BYTES}. */
export function splitLength({ key, value }: InlineEntry): number {
  const length = 4 + key.length + value.length;
  if (length > MAX_ITEM_BYTES) {
    throw new RangeError(
      `an item of a snapshot has ${length} bytes, and at most ${MAX_ITEM_BYTES} are possible`,
    );
  }
  return length;
}

/** What each child of the list over so many bytes covers; the last covers the rest. */
export function childLength(length: number, format: CheckpointFormat): number {
  const names = Math.floor((format.maxBytes - 1) / NAME_BYTES);
  let covered = segmentBytes(format);
  while (covered * names < length) covered *= names;
  return covered;
}

/** Lengths of what the children of the list over so many bytes cover. */
export function childLengths(length: number, format: CheckpointFormat): number[] {
  const each = childLength(length, format);
  const lengths: number[] = [];
  for (let left = length; left > 0; left -= each) lengths.push(Math.min(each, left));
  return lengths;
}

/** Bytes of the part at the top of so many bytes that are split: of their one segment, or of a list. */
export function splitTopBytes(length: number, format: CheckpointFormat): number {
  if (length <= segmentBytes(format)) return SEGMENT_HEAD + length;
  return 1 + NAME_BYTES * Math.ceil(length / childLength(length, format));
}

/** Bytes of all parts that so many bytes are split into. */
export function splitPartBytes(length: number, format: CheckpointFormat): number {
  if (length <= segmentBytes(format)) return SEGMENT_HEAD + length;
  const each = childLength(length, format);
  const whole = Math.floor(length / each);
  const rest = length - whole * each;
  const names = whole + (rest > 0 ? 1 : 0);
  const below = whole * splitPartBytes(each, format) + (rest > 0 ? splitPartBytes(rest, format) : 0);
  return 1 + names * NAME_BYTES + below;
}

/** Cuts an item into segments and lists. Gives one part after the other, and in the end the name of the top. */
export function* cutSplitItem(
  item: InlineEntry,
  format: CheckpointFormat,
  hasher: Hasher,
  memory: PartMemory,
): Generator<CutPart, PartName> {
  return yield* cutRange(item, 0, splitLength(item), { format, hasher, memory });
}

interface Splitting {
  readonly format: CheckpointFormat;
  readonly hasher: Hasher;
  readonly memory: PartMemory;
}

function* cutRange(
  item: InlineEntry,
  from: number,
  length: number,
  splitting: Splitting,
): Generator<CutPart, PartName> {
  const { format, hasher, memory } = splitting;
  let bytes: Uint8Array;
  if (length <= segmentBytes(format)) {
    bytes = segmentOf(item, from, memory.take(SEGMENT_HEAD + length));
  } else {
    const writer = new ByteWriter(format.maxBytes).u8(PartKind.segments);
    let at = from;
    for (const covered of childLengths(length, format)) {
      writer.raw(nameToBytes(yield* cutRange(item, at, covered, splitting)));
      at += covered;
    }
    bytes = writer.finish();
  }
  const name = nameNewPart(bytes, hasher);
  yield { name, bytes };
  return name;
}

/** The key's length in four bytes, the key, the value: fills a segment with a stretch of it, after what one begins with. */
function segmentOf({ key, value }: InlineEntry, from: number, segment: Uint8Array): Uint8Array {
  const head = new ByteWriter(4).u32(key.length).finish();
  const length = segment.length - SEGMENT_HEAD;
  segment[0] = PartKind.segment;
  let start = 0;
  for (const piece of [head, key, value]) {
    const first = Math.max(from, start);
    const end = Math.min(from + length, start + piece.length);
    if (first < end) segment.set(piece.subarray(first - start, end - start), SEGMENT_HEAD + first - from);
    start += piece.length;
  }
  return segment;
}

/** The item that was split, of views. @throws DecodeError if the bytes of its segments, one after the other, are none. */
export function joinedItem(bytes: Uint8Array): InlineEntry {
  const reader = new ByteReader(bytes);
  const key = reader.raw(reader.u32());
  return { key, value: reader.raw(reader.remaining) };
}
