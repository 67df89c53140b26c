import { ByteWriter, type StoreIdentity } from '@smalti/core';
import { batchSectors } from '../format/batch.ts';
import { type GroupRecord, writeRecord } from '../format/records.ts';
import type { GroupState } from '../group/group-state.ts';

/** What a segment continues. */
export interface Continued {
  readonly previous: number;
  readonly previousSectors: number;
}

/** The table of the first batch of a segment: all that recovery needs to begin with it. */
export function segmentHead(
  identity: StoreIdentity,
  number: number,
  continued: Continued,
  groups: Iterable<GroupState>,
): Uint8Array {
  const writer = new ByteWriter(1024);
  writeRecord(writer, { kind: 'segment', ...identity, number, ...continued });
  for (const state of groups) writeRecord(writer, groupRecord(state));
  return writer.finish();
}

/** Sectors that the head of a segment takes, at most. */
export function headSectors(identity: StoreIdentity, groups: Iterable<GroupState>): number {
  const largest = 2 ** 32;
  const continued = { previous: largest, previousSectors: largest };
  return batchSectors(segmentHead(identity, largest, continued, groups).length, 0);
}

export function groupRecord({ group, shape }: GroupState): GroupRecord {
  return { kind: 'group', group, ...shape };
}
