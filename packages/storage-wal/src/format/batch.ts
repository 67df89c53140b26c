import { type Hasher, readSafeInteger, writeSafeInteger } from '@smalti/core';
import { SECTOR_PAYLOAD, type SectorReader, SectorWriter, sectorsFor } from './sector.ts';

/*
 * The payload of a batch, little-endian:
 *    0  u32  magic
 *    4  u32  number of sectors
 *    8  u64  sequence number: one more than that of the batch before
 *   16  u32  digest of the batch before; 0 for the first one
 *   20  u32  bytes of the table
 *   24  u32  bytes of the frames
 *   28       the table (see records.ts), then the frames, then zeros up to the end of the sector
 */

/** Bytes of a batch before its table. */
export const BATCH_HEAD_BYTES = 28;
const MAGIC = 0x616d_5331;

/** Where a chain of batches stands: the number of the last one, and its digest. */
export interface ChainEnd {
  readonly sequence: number;
  readonly digest: number;
}

/** The chain before the first batch. */
export const NO_CHAIN: ChainEnd = Object.freeze({ sequence: 0, digest: 0 });

/** A batch as bytes for the disk. */
export interface EncodedBatch {
  readonly bytes: Uint8Array;
  readonly end: ChainEnd;
}

/** Bytes on disk of a batch. */
export function batchSectors(tableBytes: number, frameBytes: number): number {
  return sectorsFor(BATCH_HEAD_BYTES + tableBytes + frameBytes);
}

/** Makes the batch that follows `before`. `frames` are `frameBytes` bytes in all. */
export function encodeBatch(
  before: ChainEnd,
  table: Uint8Array,
  frames: readonly Uint8Array[],
  frameBytes: number,
  salt: number,
  hasher: Hasher,
): EncodedBatch {
  const sequence = before.sequence + 1;
  const head = new Uint8Array(BATCH_HEAD_BYTES);
  const view = new DataView(head.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, batchSectors(table.length, frameBytes), true);
  writeSafeInteger(view, 8, sequence);
  view.setUint32(16, before.digest, true);
  view.setUint32(20, table.length, true);
  view.setUint32(24, frameBytes, true);
  const writer = new SectorWriter(BATCH_HEAD_BYTES + table.length + frameBytes);
  writer.write(head);
  writer.write(table);
  for (const frame of frames) writer.write(frame);
  return { bytes: writer.bytes, end: { sequence, digest: writer.seal(hasher, sequence, salt) } };
}

/** What the first sector of a batch says. */
export interface BatchHead {
  readonly sectors: number;
  readonly sequence: number;
  readonly before: number;
  readonly tableBytes: number;
  readonly frameBytes: number;
}

/** The head of the batch that begins at that sector, or null if there is none that can be trusted. */
export function readBatchHead(sectors: SectorReader, first: number): BatchHead | null {
  if (first >= sectors.count || sectors.numberOf(first) !== 0 || !sectors.isGood(first)) return null;
  const head = sectors.take(first * SECTOR_PAYLOAD, BATCH_HEAD_BYTES);
  const view = new DataView(head.buffer);
  if (view.getUint32(0, true) !== MAGIC) return null;
  const tableBytes = view.getUint32(20, true);
  const frameBytes = view.getUint32(24, true);
  const count = view.getUint32(4, true);
  if (count !== batchSectors(tableBytes, frameBytes)) return null;
  const sequence = readSafeInteger(view, 8);
  if (sequence >>> 0 !== sectors.stampOf(first)) return null;
  return { sectors: count, sequence, before: view.getUint32(16, true), tableBytes, frameBytes };
}

/** A batch that was read whole and verified. */
export interface Batch {
  readonly head: BatchHead;
  readonly end: ChainEnd;
  readonly table: Uint8Array;
  readonly frames: Uint8Array;
  /** The place of the first frame. */
  readonly framesAt: number;
}

/** True if the sector is written and unchanged, and is number `number` of the batch `sequence`. */
export function isSectorOf(sectors: SectorReader, sector: number, sequence: number, number: number): boolean {
  return (
    sector < sectors.count &&
    sectors.numberOf(sector) === number &&
    sectors.stampOf(sector) === sequence >>> 0 &&
    sectors.isGood(sector)
  );
}

/** Reads the batch that begins at that sector, or gives null if anything of it is not what was written. */
export function readBatch(sectors: SectorReader, first: number, hasher: Hasher): Batch | null {
  const head = readBatchHead(sectors, first);
  if (head === null || first + head.sectors > sectors.count) return null;
  const sums = new Uint8Array(head.sectors * 4);
  const view = new DataView(sums.buffer);
  for (let i = 0; i < head.sectors; i++) {
    if (!isSectorOf(sectors, first + i, head.sequence, i)) return null;
    view.setUint32(i * 4, sectors.sum(first + i), true);
  }
  const tableAt = first * SECTOR_PAYLOAD + BATCH_HEAD_BYTES;
  const framesAt = tableAt + head.tableBytes;
  return {
    head,
    end: { sequence: head.sequence, digest: hasher.crc32(sums) },
    table: sectors.take(tableAt, head.tableBytes),
    frames: sectors.take(framesAt, head.frameBytes),
    framesAt,
  };
}

/** The table of a batch of which only the sectors that hold it are known to be good; null if they are not. */
export function readTable(sectors: SectorReader, first: number, head: BatchHead): Uint8Array | null {
  const covered = sectorsFor(BATCH_HEAD_BYTES + head.tableBytes);
  for (let i = 0; i < covered; i++) if (!isSectorOf(sectors, first + i, head.sequence, i)) return null;
  return sectors.take(first * SECTOR_PAYLOAD + BATCH_HEAD_BYTES, head.tableBytes);
}
