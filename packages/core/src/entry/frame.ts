import { DecodeError, readSafeInteger } from '../codec/byte-reader.ts';
import { writeSafeInteger } from '../codec/byte-writer.ts';
import { fromHex } from '../codec/hex.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { Index, Term } from '../vocabulary/cursor.ts';
import type { ClusterId } from '../vocabulary/ids.ts';
import { type Entry, EntryKind } from './entry.ts';

/*
 * A frame, little-endian:
 *   0  u32  payload length
 *   4  u32  CRC-32, begun with the CRC of the cluster id, of all that follows
 *   8  u64  index
 *  16  u64  term
 *  24  u64  stamp
 *  32  u8   kind
 *  33  u8   format, 1
 *  34  u16  zero
 *  36       payload
 */

/** Bytes of a frame before its payload. */
export const FRAME_HEADER_BYTES = 36;
/** The largest payload an entry may have: 16 MiB. Groups set a lower bound for commands. */
export const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

const FORMAT = 1;
const CHECKED_FROM = 8;

/** What an entry is made of, before it has its place. */
export interface EntryDraft {
  readonly kind: EntryKind;
  readonly payload: Uint8Array;
}

/** Makes and checks frames of one cluster. */
export class Framer {
  readonly cluster: ClusterId;
  readonly #hasher: Hasher;
  readonly #seed: number;

  constructor(cluster: ClusterId, hasher: Hasher) {
    this.cluster = cluster;
    this.#hasher = hasher;
    this.#seed = hasher.crc32(fromHex(cluster));
  }

  /**
   * Makes entries `first`, `first + 1`, … of one term and stamp. Their frames lie one after the other in one buffer.
   * Called by a leader, once for each entry there ever is.
   */
  seal(drafts: readonly EntryDraft[], first: Index, term: Term, stamp: number): Entry[] {
    let total = 0;
    for (const draft of drafts) total += FRAME_HEADER_BYTES + draft.payload.length;
    const bytes = new Uint8Array(total);
    const view = new DataView(bytes.buffer);
    const entries: Entry[] = [];
    let at = 0;
    for (const [i, draft] of drafts.entries()) {
      const { kind, payload } = draft;
      if (payload.length > MAX_PAYLOAD_BYTES) throw new RangeError(`an entry of ${payload.length} bytes`);
      const index = (first + i) as Index;
      const end = at + FRAME_HEADER_BYTES + payload.length;
      view.setUint32(at, payload.length, true);
      writeSafeInteger(view, at + 8, index);
      writeSafeInteger(view, at + 16, term);
      writeSafeInteger(view, at + 24, stamp);
      view.setUint8(at + 32, kind);
      view.setUint8(at + 33, FORMAT);
      bytes.set(payload, at + FRAME_HEADER_BYTES);
      const frame = bytes.subarray(at, end);
      view.setUint32(at + 4, this.#crc(frame), true);
      entries.push({ index, term, kind, stamp, frame });
      at = end;
    }
    return entries;
  }

  /** True if the frame is an entry of this cluster and nothing of it has changed since it was sealed. */
  verify(entry: Entry): boolean {
    return checksumOf(entry) === this.#crc(entry.frame);
  }

  /**
   * Reads entries that lie one after the other, and verifies each.
   *
   * @throws DecodeError if anything is wrong; nothing is believed then.
   */
  open(bytes: Uint8Array): Entry[] {
    const entries = readFrames(bytes);
    let at = 0;
    for (const entry of entries) {
      if (!this.verify(entry))
        throw new DecodeError(`the checksum of entry ${entry.index} does not hold`, at);
      at += entry.frame.length;
    }
    return entries;
  }

  #crc(frame: Uint8Array): number {
    return this.#hasher.crc32(frame.subarray(CHECKED_FROM), this.#seed);
  }
}

/**
 * Reads entries that lie one after the other without verifying their checksums: for bytes that another checksum has
 * just vouched for. Views, no copies.
 *
 * @throws DecodeError if the bytes are not whole frames.
 */
export function readFrames(bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Entry[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < FRAME_HEADER_BYTES) throw new DecodeError('an entry ends within its header', at);
    const length = view.getUint32(at, true);
    const end = at + FRAME_HEADER_BYTES + length;
    if (length > MAX_PAYLOAD_BYTES) throw new DecodeError(`an entry says it has ${length} bytes`, at);
    if (end > bytes.length) throw new DecodeError('an entry ends within its payload', at);
    if (view.getUint8(at + 33) !== FORMAT) {
      throw new DecodeError(`entry format ${view.getUint8(at + 33)}, known is ${FORMAT}`, at + 33);
    }
    if (view.getUint16(at + 34, true) !== 0) throw new DecodeError('reserved bytes are not zero', at + 34);
    entries.push({
      index: readSafeInteger(view, at + 8) as Index,
      term: readSafeInteger(view, at + 16) as Term,
      stamp: readSafeInteger(view, at + 24),
      kind: view.getUint8(at + 32) as EntryKind,
      frame: bytes.subarray(at, end),
    });
    at = end;
  }
  return entries;
}

/** The payload of an entry, as a view. */
export function payloadOf(entry: Entry): Uint8Array {
  return entry.frame.subarray(FRAME_HEADER_BYTES);
}

/** The checksum that an entry was sealed with. */
export function checksumOf({ frame }: Entry): number {
  return new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(4, true);
}

/** True if this version knows what entries of that kind mean. */
export function isKnownKind(kind: number): kind is EntryKind {
  return Object.values(EntryKind).includes(kind as EntryKind);
}

/**
 * The frames one after the other: a view if they already lie so, as those of one batch do, else a copy.
 */
export function joinFrames(entries: readonly Entry[]): Uint8Array {
  const first = entries[0]?.frame;
  if (first === undefined) return new Uint8Array(0);
  let total = 0;
  let adjacent = true;
  for (const { frame } of entries) {
    if (frame.buffer !== first.buffer || frame.byteOffset !== first.byteOffset + total) adjacent = false;
    total += frame.length;
  }
  if (adjacent) return new Uint8Array(first.buffer, first.byteOffset, total);
  const joined = new Uint8Array(total);
  let at = 0;
  for (const { frame } of entries) {
    joined.set(frame, at);
    at += frame.length;
  }
  return joined;
}
