import { ByteWriter, type StoreIdentity } from '@smalti/core';
import { batchSectors } from '../format/batch.ts';
import { type GroupRecord, writeRecord } from '../format/records.ts';
import type { GroupState } from '../group/group-state.ts';

/** What a segment says of itself. */
export interface Begins {
  readonly number: number;
  readonly bytes: number;
}

/** What a segment continues. */
export interface Continued {
  readonly previous: number;
  readonly previousSectors: number;
}

/** The table of the first batch of a segment: all that recovery needs to begin with it. */
export function segmentHead(
  identity: StoreIdentity,
  begins: Begins,
  continued: Continued,
  groups: Iterable<GroupState>,
): Uint8Array {
  const writer = new ByteWriter(1024);
  writeRecord(writer, {
    kind: 'segment',
    ...identity,
    number: begins.number,
    bytes: begins.bytes,
    ...continued,
  });
  for (const state of groups) writeRecord(writer, groupRecord(state));
  return writer.finish();
}

/** Sectors that the head of a segment takes, at most. */
export function headSectors(identity: StoreIdentity, groups: Iterable<GroupState>): number {
  const largest = 2 ** 32;
  const continued = { previous: largest, previousSectors: largest };
  return batchSectors(
    segmentHead(identity, { number: largest, bytes: largest }, continued, groups).length,
    0,
  );
}

export function groupRecord({ group, shape }: GroupState): GroupRecord {
  return { kind: 'group', group, ...shape };
}
