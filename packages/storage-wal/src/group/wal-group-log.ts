import {
  type Cursor,
  DiskError,
  type Entry,
  type GroupId,
  type GroupLog,
  type HardState,
  type Index,
  invariant,
  type LogWrite,
  offset,
  type SmaltiError,
  type StoreCallback,
  type Term,
  type TermStart,
} from '@smalti/core';
import { run } from '@smalti/core/steps';
import { closed, outOfRange } from '../errors.ts';
import type { FrameReader } from '../files/frame-reader.ts';
import type { PruneRecord, ResetRecord, WriteRecord } from '../format/records.ts';
import type { Journal } from '../writing/journal.ts';
import type { GroupState } from './group-state.ts';
import { append, holds, type LogShape, prune, reset, termAt, truncate } from './log-shape.ts';
import { PendingEntries } from './pending-entries.ts';

/** What a log needs of its store. */
export interface LogParts {
  readonly journal: Journal;
  readonly reader: FrameReader;
  readonly state: GroupState;
  readonly onClose: () => void;
}

const NOTHING: readonly Uint8Array[] = [];

/**
 * A group's log as its runtime sees it: what is durable ({@link GroupState}), and on top of it what was submitted.
 * When writes are refused, it is what is durable again.
 */
export class WalGroupLog implements GroupLog {
  readonly group: GroupId;
  readonly #parts: LogParts;
  readonly #state: GroupState;
  readonly #pending: PendingEntries;
  #shape: LogShape;
  #bytes: number;
  #closed = false;

  constructor(parts: LogParts) {
    this.#parts = parts;
    this.#state = parts.state;
    this.group = parts.state.group;
    this.#pending = new PendingEntries(parts.state);
    this.#shape = parts.state.shape;
    this.#bytes = parts.state.bytes;
  }

  get hardState(): HardState {
    return this.#shape.hardState;
  }

  get base(): Cursor {
    return this.#shape.base;
  }

  get last(): Cursor {
    return this.#shape.last;
  }

  get terms(): readonly TermStart[] {
    return this.#shape.terms;
  }

  get configurations(): readonly Entry[] {
    return this.#shape.configurations;
  }

  get bytes(): number {
    return this.#bytes;
  }

  termAt(index: Index): Term | undefined {
    return termAt(this.#shape, index);
  }

  write(write: LogWrite, done: StoreCallback): void {
    if (this.#refused(done)) return;
    const { entries = [], truncateFrom, hardState } = write;
    this.#check(entries, truncateFrom);
    const record: WriteRecord = {
      kind: 'write',
      group: this.group,
      truncateFrom:
        truncateFrom !== undefined && truncateFrom <= this.last.index ? truncateFrom : (0 as Index),
      first: entries[0]?.index ?? (0 as Index),
      count: entries.length,
      frameBytes: bytesOf(entries),
      hardState: hardState ?? null,
    };
    const empty = record.truncateFrom === 0 && entries.length === 0 && hardState === undefined;
    if (record.truncateFrom > 0) {
      this.#bytes -= this.#pending.bytesFrom(record.truncateFrom);
      this.#shape = truncate(this.#shape, record.truncateFrom);
    }
    this.#shape = append(this.#shape, entries);
    if (hardState !== undefined) this.#shape = { ...this.#shape, hardState };
    this.#bytes += record.frameBytes;
    const ticket = this.#pending.add(entries, record.truncateFrom === 0 ? null : record.truncateFrom);
    this.#submit(
      empty ? null : record,
      adjacentFrames(entries),
      record.frameBytes,
      done,
      (segment, place) => {
        if (!empty) this.#state.write(record, entries, segment, place);
        this.#pending.settle(ticket);
      },
    );
  }

  read(first: Index, last: Index, maxBytes: number, done: StoreCallback<readonly Entry[]>): void {
    const { journal, reader } = this.#parts;
    const refusal = this.#refusal();
    if (refusal !== null) {
      journal.env.scheduler.endOfTurn(() => done(refusal, []));
      return;
    }
    const from = Math.max(first, this.base.index + 1) as Index;
    const until = Math.min(last, this.last.index) as Index;
    const { onDisk, inMemory } = this.#pending.choose(from, until, maxBytes);
    if (onDisk === 0) {
      journal.env.scheduler.endOfTurn(() => done(null, inMemory));
      return;
    }
    run(reader.read(this.#state.index, from, onDisk), (error, entries = []) => {
      if (error !== null) done(journal.fail(error), []);
      else done(null, inMemory.length === 0 ? entries : [...entries, ...inMemory]);
    });
  }

  prunePrefix(through: Index, done: StoreCallback): void {
    if (this.#refused(done)) return;
    const record: PruneRecord = { kind: 'prune', group: this.group, through };
    const beyond = through > this.last.index ? outOfRange(through, this.last.index) : null;
    const empty = through <= this.base.index || beyond !== null;
    if (!empty) {
      this.#bytes -= this.#pending.bytesBetween(offset(this.base.index, 1), through);
      this.#shape = prune(this.#shape, through);
    }
    const ticket = this.#pending.add([], null);
    const told: StoreCallback = (error) => done(error ?? beyond);
    this.#submit(empty ? null : record, NOTHING, 0, told, () => {
      if (!empty) this.#state.prune(record);
      this.#pending.settle(ticket);
    });
  }

  resetTo(cursor: Cursor, hardState: HardState, configuration: Entry | null, done: StoreCallback): void {
    if (this.#refused(done)) return;
    const keep = holds(this.#shape, cursor);
    const record: ResetRecord = { kind: 'reset', group: this.group, cursor, keep, hardState, configuration };
    if (keep) this.#bytes -= this.#pending.bytesBetween(offset(this.base.index, 1), cursor.index);
    else this.#bytes = 0;
    this.#shape = reset(this.#shape, cursor, keep, hardState, configuration);
    const ticket = this.#pending.add([], keep ? null : (1 as Index));
    this.#submit(record, NOTHING, 0, done, () => {
      this.#state.reset(record);
      this.#pending.settle(ticket);
    });
  }

  probe(bytes: number, done: StoreCallback): void {
    if (this.#refused(done)) return;
    const { journal } = this.#parts;
    run(journal.probe(bytes), (error) => {
      const told = error instanceof DiskError ? journal.fail(error) : error;
      journal.env.scheduler.endOfTurn(() => done(told));
    });
  }

  close(done: StoreCallback): void {
    if (this.#closed) {
      this.#parts.journal.env.scheduler.endOfTurn(() => done(null));
      return;
    }
    this.#closed = true;
    const finish = (): void => {
      this.#parts.onClose();
      done(null);
    };
    if (this.#parts.journal.refusal !== null) this.#parts.journal.env.scheduler.endOfTurn(finish);
    else this.#submit(null, NOTHING, 0, finish, () => {});
  }

  #submit(
    record: WriteRecord | PruneRecord | ResetRecord | null,
    frames: readonly Uint8Array[],
    frameBytes: number,
    done: StoreCallback,
    apply: (segment: number, place: number) => void,
  ): void {
    const revert = (): void => this.#revert();
    this.#parts.journal.submit({ group: this.group, record, frames, frameBytes, apply, revert, done });
  }

  #revert(): void {
    this.#pending.clear();
    this.#shape = this.#state.shape;
    this.#bytes = this.#state.bytes;
  }

  #refusal(): SmaltiError | null {
    const { journal } = this.#parts;
    return journal.refusal ?? (this.#closed ? closed(journal.env.disk.location) : null);
  }

  #refused(done: StoreCallback): boolean {
    const refusal = this.#refusal();
    if (refusal === null) return false;
    this.#parts.journal.refuse(this.group, refusal, done);
    return true;
  }

  #check(entries: readonly Entry[], truncateFrom: Index | undefined): void {
    const { base, last } = this.#shape;
    if (truncateFrom !== undefined) {
      invariant(
        truncateFrom > base.index,
        `entries from ${truncateFrom} on are removed; the base is ${base.index}`,
      );
    }
    let next = truncateFrom === undefined ? last.index + 1 : Math.min(truncateFrom, last.index + 1);
    for (const { index } of entries) {
      invariant(index === next, `entry ${index} is written where ${next} would follow`);
      next += 1;
    }
  }
}

function bytesOf(entries: readonly Entry[]): number {
  let bytes = 0;
  for (const { frame } of entries) bytes += frame.length;
  return bytes;
}

/** The frames, those that lie next to each other in memory as one. */
function adjacentFrames(entries: readonly Entry[]): readonly Uint8Array[] {
  const runs: Uint8Array[] = [];
  for (const { frame } of entries) {
    const run = runs.at(-1);
    if (
      run !== undefined &&
      run.buffer === frame.buffer &&
      run.byteOffset + run.length === frame.byteOffset
    ) {
      runs[runs.length - 1] = new Uint8Array(run.buffer, run.byteOffset, run.length + frame.length);
    } else runs.push(frame);
  }
  return runs;
}
