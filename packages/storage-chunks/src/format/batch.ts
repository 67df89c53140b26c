import { ByteReader, ByteWriter, fromHex, type Hasher, type PartName, toHex } from '@smalti/core';

// A pack is a row of batches, each beginning at a multiple of 512 bytes: a head of 32 bytes, then the parts. What is
// written at once is synced at once, and the batch after it is written when that is done.

/** Where batches can begin. */
export const SECTOR_BYTES = 512;
export const HEAD_BYTES = 32;
/** Bytes of a part in a batch besides its own: name and length. */
const PART_HEAD = 36;
const MAGIC = 0x6b_63_61_70;

/** The head of a batch. */
export interface BatchHead {
  /** Counts the batches of a store, from 1. */
  readonly sequence: number;
  /** Bytes that follow the head. */
  readonly bodyBytes: number;
  readonly bodyCrc: number;
}

/** A part that is to be written, and where it is to be within its batch. */
export interface PlacedPart {
  readonly name: PartName;
  readonly bytes: Uint8Array;
  readonly at: number;
}

/** Bytes of a part in a batch. */
export function bytesInBatch(length: number): number {
  return PART_HEAD + length;
}

/** Bytes up to where the next batch can begin. */
export function roundUp(bytes: number): number {
  return Math.ceil(bytes / SECTOR_BYTES) * SECTOR_BYTES;
}

/** A batch of parts, in the memory of that writer, and where each is in it. */
export function encodeBatch(
  parts: readonly (readonly [PartName, Uint8Array])[],
  { sequence, pack }: { readonly sequence: number; readonly pack: number },
  hasher: Hasher,
  writer: ByteWriter,
): { readonly bytes: Uint8Array; readonly placed: readonly PlacedPart[] } {
  const bodyBytes = parts.reduce((sum, [, { length }]) => sum + bytesInBatch(length), 0);
  writer.reset(HEAD_BYTES + bodyBytes).raw(new Uint8Array(HEAD_BYTES));
  const placed = parts.map(([name, bytes]) => {
    writer.raw(fromHex(name)).u32(bytes.length);
    const at = writer.length;
    writer.raw(bytes);
    return { name, bytes, at };
  });
  const bytes = writer.finish();
  // The head says what follows it, which is long: it is put where room was left, and not the other way round.
  const head = new ByteWriter(HEAD_BYTES).u32(MAGIC).u32(pack).u64(sequence).u32(bodyBytes);
  head.u32(hasher.crc32(bytes.subarray(HEAD_BYTES))).u32(0);
  bytes.set(head.u32(hasher.crc32(head.finish())).finish());
  return { bytes, placed };
}

/** The head at a place, or null if there is none of that pack. */
export function decodeHead(bytes: Uint8Array, pack: number, hasher: Hasher): BatchHead | null {
  if (bytes.length < HEAD_BYTES) return null;
  const reader = new ByteReader(bytes.subarray(0, HEAD_BYTES));
  if (reader.u32() !== MAGIC || reader.u32() !== pack) return null;
  const sumAt = HEAD_BYTES - 4;
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
  if (view.getUint32(sumAt, true) !== hasher.crc32(bytes.subarray(0, sumAt))) return null;
  return { sequence: reader.u64(), bodyBytes: reader.u32(), bodyCrc: reader.u32() };
}

/** The parts of a body, as far as it can be read: what it says of them is not verified. */
export function readBody(body: Uint8Array): readonly PlacedPart[] {
  const parts: PlacedPart[] = [];
  const reader = new ByteReader(body);
  while (reader.remaining >= PART_HEAD) {
    const name = toHex(reader.raw(32)) as PartName;
    const length = reader.u32();
    if (length > reader.remaining) break;
    const at = HEAD_BYTES + reader.offset;
    parts.push({ name, bytes: reader.raw(length), at });
  }
  return parts;
}
