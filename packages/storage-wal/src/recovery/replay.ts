import {
  DecodeError,
  type Entry,
  type GroupId,
  InvariantError,
  invariant,
  readFrames,
  type StoreIdentity,
  sameCursor,
} from '@smalti/core';
import { corrupt } from '../errors.ts';
import type { Batch } from '../format/batch.ts';
import { type GroupRecord, readRecords, type SegmentRecord, type WalRecord } from '../format/records.ts';
import { segmentName } from '../format/segment-name.ts';
import { GroupState } from '../group/group-state.ts';
import type { SegmentUse } from '../group/segment-use.ts';

/** Where a batch is, for messages. */
export interface Where {
  readonly location: string;
  readonly segment: number;
  /** Bytes. */
  readonly offset: number;
}

/** The records of a table. @throws SmaltiError `STORAGE_CORRUPT`. */
export function recordsOf(batch: Batch, where: Where): WalRecord[] {
  return explained(where, () => readRecords(batch.table));
}

/** The record that a segment begins with. @throws SmaltiError `STORAGE_CORRUPT`. */
export function segmentRecordOf(batch: Batch, identity: StoreIdentity, where: Where): SegmentRecord {
  const [record] = recordsOf(batch, where);
  if (
    record?.kind === 'segment' &&
    record.number === where.segment &&
    record.node === identity.node &&
    record.incarnation === identity.incarnation
  ) {
    return record;
  }
  throw damage(where, 'the segment begins as one of another store');
}

/** Adds up batches to the state of every group. */
export class Replay {
  readonly groups = new Map<GroupId, GroupState>();
  readonly #use: SegmentUse;

  constructor(use: SegmentUse) {
    this.#use = use;
  }

  /** Begins with what the first segment that is there says. */
  begin(head: Batch, where: Where): void {
    for (const record of recordsOf(head, where)) {
      if (record.kind === 'group') this.#stateOf(record.group, true).begin(record);
    }
  }

  /**
   * Checks that a later segment begins where the one before ended, and takes the hard states from it: after a cut
   * they, and groups that only the second file knew, are new there. @throws SmaltiError `STORAGE_CORRUPT`.
   */
  continueWith(head: Batch, where: Where): void {
    const missing = new Set(this.groups.keys());
    for (const record of recordsOf(head, where)) {
      if (record.kind !== 'group') continue;
      missing.delete(record.group);
      const state = this.#stateOf(record.group, true);
      const { base, last } = state.shape;
      if (!sameCursor(record.base, base) || !sameCursor(record.last, last)) {
        throw damage(where, `the segment does not continue the log of group ${record.group}`);
      }
      state.setHardState(record.hardState);
    }
    if (missing.size > 0) throw damage(where, `the segment does not name group ${[...missing][0]}`);
  }

  /** One batch, after those before it. @throws SmaltiError `STORAGE_CORRUPT` if it does not follow. */
  apply(batch: Batch, where: Where): void {
    explained(where, () => {
      let at = 0;
      for (const record of readRecords(batch.table)) {
        invariant(record.kind !== 'segment' && record.kind !== 'group', 'such a record begins a segment');
        const frameBytes = record.kind === 'write' || record.kind === 'copy' ? record.frameBytes : 0;
        const frames = batch.frames.subarray(at, at + frameBytes);
        this.#applyRecord(record, frames, where.segment, batch.framesAt + at);
        at += frameBytes;
      }
      invariant(at === batch.frames.length, 'every frame of a batch belongs to a record');
    });
  }

  #applyRecord(
    record: Exclude<WalRecord, SegmentRecord | GroupRecord>,
    frames: Uint8Array,
    segment: number,
    place: number,
  ): void {
    const state = this.#stateOf(record.group, record.kind === 'open');
    switch (record.kind) {
      case 'open':
        break;
      case 'write':
        state.write(record, followed(readFrames(frames), record.first), segment, place);
        break;
      case 'prune':
        state.prune(record);
        break;
      case 'reset':
        state.reset(record);
        break;
      case 'copy': {
        const entries = followed(readFrames(frames), record.first);
        invariant(entries.length === record.count, 'a copy has the entries that it says');
        state.copy(
          record,
          entries.map(({ frame }) => frame.length),
          segment,
          place,
        );
        break;
      }
    }
  }

  #stateOf(group: GroupId, make: boolean): GroupState {
    const known = this.groups.get(group);
    if (known !== undefined) return known;
    invariant(make, `group ${group} was opened`);
    const state = new GroupState(group, this.#use);
    this.groups.set(group, state);
    return state;
  }
}

/** Damage at a place. */
export function damage({ location, segment, offset }: Where, what: string, cause?: unknown): Error {
  return corrupt(location, segmentName(segment), offset, what, cause);
}

function followed(entries: readonly Entry[], first: number): readonly Entry[] {
  for (const [i, { index }] of entries.entries()) invariant(index === first + i, 'entries follow each other');
  return entries;
}

/** What a batch with good checksums says must make sense; that it does not is damage like another. */
function explained<T>(where: Where, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof DecodeError || error instanceof InvariantError || error instanceof RangeError))
      throw error;
    throw damage(where, `a batch makes no sense: ${error.message}`, error);
  }
}
