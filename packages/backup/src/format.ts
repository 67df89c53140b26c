import {
  ByteReader,
  ByteWriter,
  cursor,
  DecodeError,
  fromHex,
  type Hasher,
  type Manifest,
  toHex,
  toPartName,
} from '@smalti/core';

/*
 * An archive, little-endian:
 *   magic      16 bytes: "smalti-backup\n" and the version, u16
 *   records    each: u32 length, u32 CRC-32 of length and bytes, bytes
 *     the first   the manifest
 *     others      a part each, the root first; a part may stand more than once
 *   end        u32 zero, u32 CRC-32 of what follows, then u64 records of parts, u64 bytes of parts, and 32 bytes: the
 *              seal, SHA-256 chained over the manifest and the names of all parts in their order
 */

const MAGIC = new TextEncoder().encode('smalti-backup\n');
/** The only version that is written and read. */
const VERSION = 1;

export const MAGIC_BYTES = MAGIC.length + 2;
export const RECORD_HEAD = 8;
export const END_BYTES = RECORD_HEAD + 48;
/** No record is longer, as no part of any format is. */
export const MAX_RECORD_BYTES = 512 * 1024;
const MAX_MANIFEST_BYTES = 1024;

/** What stands at the end of an archive. */
export interface ArchiveEnd {
  readonly records: number;
  readonly bytes: number;
  readonly seal: Uint8Array;
}

export function encodeMagic(): Uint8Array {
  const bytes = new Uint8Array(MAGIC_BYTES);
  bytes.set(MAGIC);
  new DataView(bytes.buffer).setUint16(MAGIC.length, VERSION, true);
  return bytes;
}

/** The version of an archive, or null if the bytes are not the beginning of one. */
export function versionOf(bytes: Uint8Array): number | null {
  if (bytes.length < MAGIC_BYTES || !MAGIC.every((byte, i) => bytes[i] === byte)) return null;
  return viewOf(bytes).getUint16(MAGIC.length, true);
}

export function isKnownVersion(version: number): boolean {
  return version === VERSION;
}

/** Head and bytes of a record are two pieces: the bytes are not copied. */
export function recordHead(bytes: Uint8Array, hasher: Hasher): Uint8Array {
  const head = new Uint8Array(RECORD_HEAD);
  const view = viewOf(head);
  view.setUint32(0, bytes.length, true);
  view.setUint32(4, crcOf(head, bytes, hasher), true);
  return head;
}

/** True if these bytes are what the head says. */
export function matchesHead(head: Uint8Array, bytes: Uint8Array, hasher: Hasher): boolean {
  return viewOf(head).getUint32(4, true) === crcOf(head, bytes, hasher);
}

export function lengthIn(head: Uint8Array): number {
  return viewOf(head).getUint32(0, true);
}

function crcOf(head: Uint8Array, bytes: Uint8Array, hasher: Hasher): number {
  return hasher.crc32(bytes, hasher.crc32(head.subarray(0, 4)));
}

export function encodeManifest(manifest: Manifest): Uint8Array {
  const { anchor, root, format, bytes, agreed } = manifest;
  const writer = new ByteWriter(128).varint(anchor.index).varint(anchor.term).raw(fromHex(root));
  return writer
    .varint(format)
    .varint(bytes)
    .u8(agreed ? 1 : 0)
    .finish();
}

/** @throws DecodeError. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_MANIFEST_BYTES) throw new DecodeError(`a manifest of ${bytes.length} bytes`, 0);
  const reader = new ByteReader(bytes);
  const [index, term] = [reader.varint(), reader.varint()];
  const root = toPartName(toHex(reader.raw(32)));
  const manifest = { root, format: reader.varint(), bytes: reader.varint(), agreed: reader.u8() === 1 };
  reader.end();
  return { anchor: cursor(term, index), ...manifest };
}

export function encodeEnd({ records, bytes, seal }: ArchiveEnd, hasher: Hasher): Uint8Array {
  const end = new Uint8Array(END_BYTES);
  const view = viewOf(end);
  view.setBigUint64(8, BigInt(records), true);
  view.setBigUint64(16, BigInt(bytes), true);
  end.set(seal, 24);
  view.setUint32(4, crcOf(end, end.subarray(RECORD_HEAD), hasher), true);
  return end;
}

/** The end without its head. */
export function decodeEnd(bytes: Uint8Array): ArchiveEnd {
  const view = viewOf(bytes);
  return {
    records: Number(view.getBigUint64(0, true)),
    bytes: Number(view.getBigUint64(8, true)),
    seal: bytes.slice(16, 48),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
