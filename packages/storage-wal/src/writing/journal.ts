import {
  ByteWriter,
  DiskError,
  type GroupId,
  type HardState,
  invariant,
  NO_HARD_STATE,
  SmaltiError,
} from '@smalti/core';
import { call, run, type Steps, writeAndSync } from '@smalti/core/steps';
import { closed, failed, full } from '../errors.ts';
import type { Environment } from '../files/environment.ts';
import type { Cut, HardStateFile } from '../files/hard-state-file.ts';
import type { SegmentFiles } from '../files/segment-files.ts';
import { BATCH_HEAD_BYTES, batchSectors, type ChainEnd, encodeBatch } from '../format/batch.ts';
import { writeRecord } from '../format/records.ts';
import { SECTOR_BYTES, SECTOR_PAYLOAD } from '../format/sector.ts';
import type { GroupState } from '../group/group-state.ts';
import { promisesDiffer } from '../group/log-shape.ts';
import { hardStateOf, type Operation } from './operation.ts';
import { headSectors, segmentHead } from './segment-head.ts';

/** What the journal begins with: what recovery found. */
export interface JournalParts {
  readonly env: Environment;
  readonly segments: SegmentFiles;
  readonly promises: HardStateFile;
  readonly groups: Map<GroupId, GroupState>;
  readonly end: ChainEnd;
}

/** Sectors of a segment that are left to writes without entries, so that a full disk can still be pruned. */
const RESERVED_SECTORS = 4;
/** A segment is at least that many times as long as its head, so that heads are a small part of what is written. */
const HEAD_SHARE = 4;

/**
 * Writes batches, one at a time: while one is on its way to the disk, what is submitted gathers for the next. So one
 * write and one sync serve all groups, and never more than one batch is unsynced.
 */
export class Journal {
  readonly env: Environment;
  readonly groups: ReadonlyMap<GroupId, GroupState>;
  readonly #segments: SegmentFiles;
  readonly #promises: HardStateFile;
  /** Called after each batch, and when there is nothing to do: gives what the store itself wants to write, or null. */
  housekeeping: (written: number) => Steps<readonly Operation[]> | null = () => null;
  #onFault: (error: SmaltiError) => void = () => {};
  #end: ChainEnd;
  #queue: Operation[] = [];
  #busy = false;
  #scheduled = false;
  #closing = false;
  /** Batches and housekeeping take turns. */
  #houseIsNext = true;
  /** Bytes of batches since housekeeping was asked, its own not counted. */
  #written = 0;
  /** The end of the current segment holds what a failed write left. */
  #spoiled = false;
  #fault: SmaltiError | null = null;
  #idle: (() => void)[] = [];

  constructor(parts: JournalParts) {
    this.env = parts.env;
    this.groups = parts.groups;
    this.#segments = parts.segments;
    this.#promises = parts.promises;
    this.#end = parts.end;
  }

  /** Why nothing can be submitted, or null. */
  get refusal(): SmaltiError | null {
    return this.#fault ?? (this.#closing ? closed(this.env.disk.location) : null);
  }

  onFault(listener: (error: SmaltiError) => void): void {
    this.#onFault = listener;
  }

  /** Takes an operation. It is told in a later turn, after all that were submitted before it. */
  submit(operation: Operation): void {
    const { refusal } = this;
    if (refusal !== null) {
      this.refuse(operation.group, refusal, operation.done);
      return;
    }
    this.#queue.push(operation);
    this.#schedule();
  }

  /** Tells that something cannot be done, in a later turn and after all that was submitted before it. */
  refuse(group: GroupId, error: SmaltiError, done: Operation['done']): void {
    const nothing = (): void => {};
    if (this.#isIdle()) this.env.scheduler.endOfTurn(() => done(error));
    else
      this.#queue.push({
        group,
        record: null,
        frames: [],
        frameBytes: 0,
        apply: nothing,
        revert: nothing,
        done: () => done(error),
      });
  }

  /**
   * Stops for good, because what is on the disk is not known, or is damaged. Returns what everybody is told: the
   * first such error.
   */
  fail(error: DiskError | SmaltiError, batch: readonly Operation[] = []): SmaltiError {
    const first = this.#fault === null;
    this.#fault ??= error instanceof SmaltiError ? error : failed(this.env.disk.location, error);
    const fault = this.#fault;
    // What is on its way to the disk is told first, when it is there.
    if (!this.#busy) this.#tellFault(batch);
    if (first) {
      this.env.logger.error('the log failed', { error: fault });
      this.#onFault(fault);
    }
    this.#checkIdle();
    return fault;
  }

  /** Makes room for a write of that size, if there is none. @throws SmaltiError `STORAGE_FULL`, `STORAGE_CLOSED`. */
  *probe(bytes: number): Steps<void> {
    const { current } = this.#segments;
    const sectors = batchSectors(256, bytes) + RESERVED_SECTORS;
    if (!this.#spoiled && (current.sectors + sectors) * SECTOR_BYTES <= current.bytes) return;
    try {
      yield* this.#segments.ensureAhead(this.#bytesOfNext(sectors));
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      if (error.code === 'full') throw full(this.env.disk.location, error);
      throw error.code === 'closed' ? closed(this.env.disk.location) : error;
    }
  }

  /** Takes nothing more, and waits until what was submitted is told. */
  *drain(): Steps<void> {
    this.#closing = true;
    if (!this.#isIdle()) yield* call<void>((done) => this.#idle.push(() => done(null, undefined)));
  }

  /** Looks whether there is something to do. Called when housekeeping may have something. */
  wake(): void {
    this.#schedule();
  }

  #schedule(): void {
    if (this.#busy || this.#scheduled || this.#fault !== null) return;
    this.#scheduled = true;
    this.env.scheduler.endOfTurn(() => {
      this.#scheduled = false;
      this.#next();
    });
  }

  #next(): void {
    if (this.#busy || this.#fault !== null) return;
    if (this.#houseIsNext) {
      this.#houseIsNext = false;
      this.#keepHouse();
      if (this.#busy) return;
    }
    const batch = this.#gather();
    if (batch.length === 0) return;
    this.#houseIsNext = true;
    this.#start(this.#commit(batch), batch);
  }

  #start(steps: Steps<void>, batch: readonly Operation[]): void {
    this.#busy = true;
    run(steps, (error) => {
      this.#busy = false;
      if (error === null) for (const operation of batch) operation.done(null);
      else this.#refuse(batch, error);
      this.#tellFault([]);
      this.#next();
      this.#checkIdle();
    });
  }

  /** The operations of the next batch: as many as its bound allows, and at least one. */
  #gather(): Operation[] {
    let bytes = 0;
    let count = 0;
    for (const { frameBytes } of this.#queue) {
      bytes += frameBytes;
      if (count > 0 && bytes > this.env.options.maxBatchBytes) break;
      count += 1;
    }
    return this.#queue.splice(0, count);
  }

  #keepHouse(): void {
    if (this.#closing) return;
    const work = this.housekeeping(this.#written);
    this.#written = 0;
    if (work === null) return;
    this.#start(this.#commitWork(work), []);
  }

  *#commitWork(work: Steps<readonly Operation[]>): Steps<void> {
    yield* this.#commit(yield* work);
    this.#written = 0;
    this.#houseIsNext = true;
  }

  *#commit(batch: readonly Operation[]): Steps<void> {
    const operations = batch.filter(({ record }) => record !== null);
    let [segment, place] = [0, 0];
    if (operations.length > 0) {
      const table = new ByteWriter(96 * operations.length);
      let frameBytes = 0;
      for (const operation of operations) {
        if (operation.record !== null) writeRecord(table, operation.record);
        frameBytes += operation.frameBytes;
      }
      ({ segment, place } = yield* this.#write(table.finish(), operations, frameBytes));
      yield* this.#writePromises(operations);
    }
    for (const operation of batch) {
      operation.apply(segment, place);
      place += operation.frameBytes;
    }
  }

  /** Writes one batch, and syncs it. */
  *#write(
    table: Uint8Array,
    operations: readonly Operation[],
    frameBytes: number,
  ): Steps<{ readonly segment: number; readonly place: number }> {
    const { env } = this;
    const sectors = batchSectors(table.length, frameBytes);
    yield* this.#makeRoom(sectors, frameBytes > 0 ? RESERVED_SECTORS : 0);
    const { current } = this.#segments;
    const frames = operations.flatMap((operation) => operation.frames);
    const { bytes, end } = encodeBatch(this.#end, table, frames, frameBytes, current.salt, env.hasher);
    const started = env.clock.now();
    try {
      yield* writeAndSync(current.file, current.sectors * SECTOR_BYTES, bytes);
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'full') throw error;
      // Some of it may be there. Nothing is written over it: the next batch goes into a new segment.
      this.#spoiled = true;
      throw full(env.disk.location, error);
    }
    env.meter.observe('wal.sync_ms', env.clock.now() - started);
    env.meter.count('wal.bytes', bytes.length);
    const place = current.sectors * SECTOR_PAYLOAD + BATCH_HEAD_BYTES + table.length;
    current.sectors += sectors;
    this.#written += bytes.length;
    this.#end = end;
    return { segment: current.number, place };
  }

  /** A change of term, vote or doubt, and a new group, are written in the second file too. */
  *#writePromises(operations: readonly Operation[]): Steps<void> {
    let changed = false;
    const touched = new Map<GroupId, HardState>();
    for (const operation of operations) {
      const { group } = operation;
      const before = touched.get(group) ?? this.groups.get(group)?.shape.hardState;
      const after = hardStateOf(operation) ?? before ?? NO_HARD_STATE;
      if (before === undefined || promisesDiffer(before, after)) changed = true;
      touched.set(group, after);
    }
    if (!changed) return;
    yield* this.#writeSecondFile(new Map([...this.#hardStates(), ...touched]), null);
  }

  *#writeSecondFile(states: ReadonlyMap<GroupId, HardState>, cut: Cut | null): Steps<void> {
    try {
      const reached = { sequence: this.#end.sequence, segment: this.#segments.current.number };
      yield* this.#promises.write(reached, states, cut);
    } catch (error) {
      // Its space was allocated when it was made. That there is none now leaves the two places different.
      throw error instanceof DiskError ? failed(this.env.disk.location, error) : error;
    }
  }

  *#makeRoom(sectors: number, reserved: number): Steps<void> {
    const { current } = this.#segments;
    if (!this.#spoiled && (current.sectors + sectors + reserved) * SECTOR_BYTES <= current.bytes) return;
    try {
      yield* this.#roll(this.#bytesOfNext(sectors + reserved));
    } catch (error) {
      throw error instanceof DiskError && error.code === 'full' ? full(this.env.disk.location, error) : error;
    }
  }

  /** Goes on in a new segment, of at least that many bytes. */
  *#roll(bytes: number): Steps<void> {
    const { env } = this;
    const { current } = this.#segments;
    const next = yield* this.#segments.take(bytes);
    if (this.#spoiled) {
      yield* this.#writeSecondFile(this.#hardStates(), { segment: current.number, sectors: current.sectors });
    }
    const continued = { previous: current.number, previousSectors: current.sectors };
    const table = segmentHead(env.identity, next, continued, this.groups.values());
    const { bytes: head, end } = encodeBatch(this.#end, table, [], 0, next.salt, env.hasher);
    try {
      yield* writeAndSync(next.file, 0, head);
    } catch (error) {
      if (error instanceof DiskError && error.code === 'full') yield* this.#segments.discard(next);
      throw error;
    }
    next.sectors = head.length / SECTOR_BYTES;
    this.#end = end;
    this.#spoiled = false;
    this.#segments.begin(next);
    // So that a restart knows if this segment should be lost.
    yield* this.#writeSecondFile(this.#hardStates(), null);
    env.meter.gauge('wal.segments', this.#segments.count);
  }

  /** Bytes that a new segment needs, at least. Most of it is left to what is written behind its head. */
  #bytesOfNext(sectors: number): number {
    const head = headSectors(this.env.identity, this.groups.values());
    return Math.max(head + sectors, head * HEAD_SHARE) * SECTOR_BYTES;
  }

  #hardStates(): Map<GroupId, HardState> {
    const states = new Map<GroupId, HardState>();
    for (const { group, shape } of this.groups.values()) states.set(group, shape.hardState);
    return states;
  }

  /** A batch was not written: so is nothing that was submitted after it. */
  #refuse(batch: readonly Operation[], error: DiskError | SmaltiError): void {
    if (!(error instanceof SmaltiError) || error.code !== 'STORAGE_FULL') {
      this.fail(error, batch);
      return;
    }
    // Housekeeping that finds no room is put off, and concerns nobody.
    if (batch.length === 0) return;
    const refused = [...batch, ...this.#queue];
    this.#queue = [];
    this.env.meter.count('wal.refused_full', refused.length);
    for (const operation of refused) operation.revert();
    for (const operation of refused) operation.done(error);
  }

  /** After a fault nothing that is in the queue will be done. */
  #tellFault(batch: readonly Operation[]): void {
    if (this.#fault === null) return;
    const refused = [...batch, ...this.#queue];
    this.#queue = [];
    for (const operation of refused) operation.done(this.#fault);
  }

  #isIdle(): boolean {
    return !this.#busy && this.#queue.length === 0;
  }

  #checkIdle(): void {
    if (!this.#isIdle()) return;
    invariant(!this.#busy, 'idle is not busy');
    const waiting = this.#idle;
    this.#idle = [];
    for (const resume of waiting) resume();
  }
}
