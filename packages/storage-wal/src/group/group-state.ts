import {
  type Entry,
  type GroupId,
  type HardState,
  type Index,
  invariant,
  ORIGIN,
  offset,
} from '@smalti/core';
import type { CopyRecord, GroupRecord, PruneRecord, ResetRecord, WriteRecord } from '../format/records.ts';
import { EntryIndex } from './entry-index.ts';
import { append, EMPTY_SHAPE, holds, type LogShape, prune, reset, truncate } from './log-shape.ts';
import type { SegmentUse } from './segment-use.ts';

/**
 * A group as the disk has it: what the batches that are durable add up to. Recovery and the running store change it
 * by the same methods, one for each kind of record.
 */
export class GroupState {
  readonly group: GroupId;
  readonly index = new EntryIndex(offset(ORIGIN.index, 1));
  readonly #use: SegmentUse;
  #shape: LogShape = EMPTY_SHAPE;
  #bytes = 0;

  constructor(group: GroupId, use: SegmentUse) {
    this.group = group;
    this.#use = use;
  }

  get shape(): LogShape {
    return this.#shape;
  }

  /** Bytes of the frames of all entries. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Used by recovery, which has two places to take it from. */
  setHardState(hardState: HardState): void {
    this.#shape = { ...this.#shape, hardState };
  }

  /** A write whose first frame is at `place` of `segment`. */
  write(record: WriteRecord, entries: readonly Entry[], segment: number, place: number): void {
    if (record.truncateFrom > 0) this.#truncate(record.truncateFrom);
    invariant(record.count === entries.length, `${record.count} entries recorded, ${entries.length} found`);
    let at = place;
    for (const { frame } of entries) {
      this.#push(segment, at, frame.length);
      at += frame.length;
    }
    this.#shape = append(this.#shape, entries);
    if (record.hardState !== null) this.setHardState(record.hardState);
  }

  prune(record: PruneRecord): void {
    this.#dropFront(record.through - this.#shape.base.index);
    this.#shape = prune(this.#shape, record.through);
  }

  reset(record: ResetRecord): void {
    const { cursor, keep, hardState, configuration } = record;
    invariant(!keep || holds(this.#shape, cursor), 'a reset keeps what follows an entry that is there');
    this.#dropFront(keep ? cursor.index - this.#shape.base.index : this.index.count);
    this.#shape = reset(this.#shape, cursor, keep, hardState, configuration);
    this.index.first = offset(cursor.index, 1);
  }

  /** Entries that are written again have new places, if they are still in the log. */
  copy(record: CopyRecord, lengths: Iterable<number>, segment: number, place: number): void {
    let at = place;
    let index = record.first;
    for (const length of lengths) {
      if (index > this.#shape.base.index && index <= this.#shape.last.index) {
        const old = this.index.at(index);
        this.#forget(old.segment, old.length);
        this.index.set(index, segment, at, length);
        this.#bytes += length;
        this.#use.add(segment, length);
      }
      at += length;
      index = offset(index, 1);
    }
  }

  /** Begins as a segment says; the places of its entries are not known yet. */
  begin(record: GroupRecord): void {
    const { base, last, hardState, terms, configurations } = record;
    this.#shape = { base, last, hardState, terms, configurations };
    this.index.first = offset(base.index, 1);
    for (let i = base.index; i < last.index; i++) this.index.push(0, 0, 0);
  }

  /** The first entry whose place is not known, or null. */
  firstMissing(): Index | null {
    const { first, count } = this.index;
    for (let i = 0; i < count; i++) {
      const index = offset(first, i);
      if (this.index.segmentOf(index) === 0) return index;
    }
    return null;
  }

  #truncate(from: Index): void {
    const { last } = this.#shape;
    for (let index = from; index <= last.index; index = offset(index, 1)) {
      const { segment, length } = this.index.at(index);
      this.#forget(segment, length);
    }
    if (from <= last.index) this.index.dropBack(last.index - from + 1);
    this.#shape = truncate(this.#shape, from);
  }

  #dropFront(count: number): void {
    if (count <= 0) return;
    for (let i = 0; i < count; i++) {
      const { segment, length } = this.index.at(offset(this.index.first, i));
      this.#forget(segment, length);
    }
    this.index.dropFront(count);
  }

  #push(segment: number, place: number, length: number): void {
    this.index.push(segment, place, length);
    this.#bytes += length;
    this.#use.add(segment, length);
  }

  #forget(segment: number, length: number): void {
    if (segment === 0) return;
    this.#bytes -= length;
    this.#use.remove(segment, length);
  }
}
