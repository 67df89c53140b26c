import { DecodeError, type GroupId } from '@smalti/core';
import { type ChainEnd, readBatchHead, readTable } from '../format/batch.ts';
import { readRecords } from '../format/records.ts';
import type { SectorReader } from '../format/sector.ts';

/** What lies behind the last good batch of the last segment. */
export type Tail =
  /** Nothing was ever written there. */
  | { readonly kind: 'clean' }
  /** A batch with a sector that was never written: it was never synced, so never acknowledged. */
  | { readonly kind: 'unsynced' }
  /** A damaged batch that may have been acknowledged. `groups`: those in it; null if that cannot be known. */
  | { readonly kind: 'doubtful'; readonly groups: readonly GroupId[] | null }
  /** A damaged batch with a later one behind it: it was synced. `sector`: where the later one is. */
  | { readonly kind: 'corrupt'; readonly sector: number };

/**
 * Judges what lies behind the last good batch. `end` is that batch, `first` the sector after it, `synced` the highest
 * sequence number that is known to have been synced.
 *
 * At most one batch is unsynced at any time, so a trace of the batch after the next proves that the next was synced.
 * Sectors name their batch and their number in it; one damaged stamp cannot look like the trace of another batch,
 * because both would have to change.
 */
export function judgeTail(sectors: SectorReader, first: number, end: ChainEnd, synced: number): Tail {
  const wasSynced = synced > end.sequence;
  let lastWritten = first - 1;
  for (let sector = first; sector < sectors.count; sector++)
    if (!sectors.isBlank(sector)) lastWritten = sector;
  if (lastWritten < first) return wasSynced ? { kind: 'doubtful', groups: null } : { kind: 'clean' };

  const later = laterBatch(sectors, first, lastWritten, end.sequence + 1);
  if (later !== null) return { kind: 'corrupt', sector: later };

  const head = readBatchHead(sectors, first);
  const trusted = head !== null && head.sequence === end.sequence + 1;
  const until = trusted ? Math.min(first + head.sectors, sectors.count) : lastWritten + 1;
  // Behind a batch whose length is known there can only be a later one.
  if (trusted && lastWritten >= until) return { kind: 'corrupt', sector: lastWritten };
  if (!wasSynced && someBlank(sectors, first, until)) return { kind: 'unsynced' };
  return { kind: 'doubtful', groups: trusted ? groupsIn(readTable(sectors, first, head)) : null };
}

/** A sector of a batch later than `sequence`, or null. */
function laterBatch(sectors: SectorReader, first: number, last: number, sequence: number): number | null {
  for (let sector = first; sector <= last; sector++) {
    const number = sectors.numberOf(sector);
    if (number < 0 || number === sector - first) continue;
    if (sectors.stampOf(sector) === (sequence + 1) >>> 0 && number < sector - first) return sector;
    const head = readBatchHead(sectors, sector);
    if (head !== null && head.sequence > sequence) return sector;
  }
  return null;
}

function someBlank(sectors: SectorReader, from: number, until: number): boolean {
  for (let sector = from; sector < until; sector++) if (sectors.isBlank(sector)) return true;
  return false;
}

function groupsIn(table: Uint8Array | null): readonly GroupId[] | null {
  if (table === null) return null;
  try {
    return readRecords(table).flatMap((record) => (record.kind === 'segment' ? [] : [record.group]));
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
