import { type GroupId, type HardState, type Index, NO_HARD_STATE, type SmaltiError } from '@smalti/core';
import {
  close,
  nextTurn,
  open,
  read,
  type Steps,
  syncDirectory,
  unlink,
  writeAndSync,
} from '@smalti/core/steps';
import { corrupt } from '../errors.ts';
import type { Environment } from '../files/environment.ts';
import { type Cut, HARD_STATE_FILE, HardStateFile, type Promises } from '../files/hard-state-file.ts';
import { createSegment, type Segment, SegmentFiles } from '../files/segment-files.ts';
import { type ChainEnd, encodeBatch, NO_CHAIN, readBatch } from '../format/batch.ts';
import { SECTOR_BYTES, SectorReader } from '../format/sector.ts';
import { segmentName, segmentNumber } from '../format/segment-name.ts';
import { GroupState } from '../group/group-state.ts';
import { SegmentUse } from '../group/segment-use.ts';
import type { JournalParts } from '../writing/journal.ts';
import { headSectors, segmentHead } from '../writing/segment-head.ts';
import { higher } from './promises.ts';
import { damage, Replay } from './replay.ts';
import { type Begun, openSegments, type SegmentChain } from './segment-chain.ts';
import { judgeTail, type Tail } from './tail.ts';

/** An open store. */
export interface Recovered extends JournalParts {
  readonly use: SegmentUse;
  readonly groups: Map<GroupId, GroupState>;
}

/** Where the log ends. */
interface LogEnd {
  readonly segment: Segment;
  readonly end: ChainEnd;
  readonly tail: Tail;
  /** The first sector of the last good batch, in that segment. */
  readonly lastBatch: number;
}

/**
 * Reads and verifies everything, and makes the store ready to be written. Nothing is changed before it is known that
 * the store can be opened; every step of what is changed then can be the last one before a crash.
 *
 * @param accept called when all was verified and nothing was changed; what it throws ends the recovery.
 * @throws SmaltiError `STORAGE_CORRUPT`, `STORAGE_FULL`; DiskError.
 */
export function* recover(
  env: Environment,
  names: readonly string[],
  accept: (groups: readonly GroupId[]) => void = () => {},
): Steps<Recovered> {
  const { location } = env.disk;
  if (!names.includes(HARD_STATE_FILE)) {
    throw corrupt(location, HARD_STATE_FILE, 0, 'the file with the terms and votes is missing');
  }
  const hardStateFile = yield* open(env.disk, HARD_STATE_FILE, 'existing');
  const { file: promises, promises: second } = yield* HardStateFile.open(hardStateFile, env);
  const numbers = names.map(segmentNumber).filter((number) => number !== null);
  if (second.segment > 0 && !numbers.includes(second.segment)) {
    throw corrupt(location, segmentName(second.segment), 0, 'the file is missing');
  }
  const found = yield* openSegments(env, numbers);

  const use = new SegmentUse();
  const replay = new Replay(use);
  const logEnd = yield* walk(env, found.chain, replay, second);
  yield* checkNotBegun(env, found, logEnd, second.cut);
  const { groups } = replay;
  checkComplete(env, groups, found);
  const doubtful = doubtfulGroups(logEnd.tail, [...groups.keys(), ...second.groups.keys()]);
  const states = mergePromises(env, groups, second, use, doubtful);
  checkCommit(env, groups, second, logEnd);
  accept([...states.keys()]);
  for (const [group, state] of states) groups.get(group)?.setHardState(state);

  const { segment, end, tail } = logEnd;
  const isClean = tail.kind === 'clean';
  const cut = isClean ? null : { segment: segment.number, sectors: segment.sectors };
  // The note that it is comes last: else a crash in between would make what was never synced look lost.
  yield* settleLastBatch(logEnd);
  yield* syncDirectory(env.disk);
  yield* promises.settle();
  const reached = { sequence: Math.max(second.sequence, end.sequence), segment: segment.number };
  yield* promises.write(reached, states, cut);
  yield* removeUnused(env, found);
  const highest = Math.max(...numbers);
  const kept = found.chain.map(({ segment: one }) => one);
  const parts = { env, promises, groups, use };
  if (isClean) return { ...parts, segments: new SegmentFiles(env, kept, highest + 1), end };

  env.logger.warn('the end of the log was damaged and is left behind', {
    file: segmentName(segment.number),
    offset: segment.sectors * SECTOR_BYTES,
    tail: tail.kind,
    doubtful: [...doubtful],
  });
  const continued = { previous: segment.number, previousSectors: segment.sectors };
  const fresh = yield* beginSegment(env, highest + 1, end, continued, groups);
  // What the second file says was synced is a lower bound, and the numbers go on from the cut.
  yield* promises.write({ sequence: fresh.end.sequence, segment: fresh.segment.number }, states, null);
  return { ...parts, segments: new SegmentFiles(env, [...kept, fresh.segment], highest + 2), end: fresh.end };
}

/**
 * Makes durable what was read: if only the process ended, the last batch may be in no more than the page cache. It is
 * written again, because after a sync that failed the next one succeeds without what the first was to cover.
 */
function* settleLastBatch({ segment, lastBatch }: LogEnd): Steps<void> {
  const offset = lastBatch * SECTOR_BYTES;
  const bytes = yield* read(segment.file, offset, (segment.sectors - lastBatch) * SECTOR_BYTES);
  yield* writeAndSync(segment.file, offset, bytes);
}

/** Makes the first segment and the second file of a new directory. Their names are not durable yet. */
export function* makeFiles(env: Environment): Steps<Recovered> {
  const file = yield* open(env.disk, HARD_STATE_FILE, 'create');
  const promises = yield* HardStateFile.create(file, env);
  const groups = new Map<GroupId, GroupState>();
  const first = yield* beginSegment(env, 1, NO_CHAIN, { previous: 0, previousSectors: 0 }, groups);
  const segments = new SegmentFiles(env, [first.segment], 2);
  return { env, promises, groups, use: new SegmentUse(), segments, end: first.end };
}

function* beginSegment(
  env: Environment,
  number: number,
  before: ChainEnd,
  continued: { readonly previous: number; readonly previousSectors: number },
  groups: ReadonlyMap<GroupId, GroupState>,
): Steps<{ readonly segment: Segment; readonly end: ChainEnd }> {
  const room = (headSectors(env.identity, groups.values()) + 8) * SECTOR_BYTES;
  const segment = yield* createSegment(env, number, Math.max(env.options.segmentBytes, room));
  const table = segmentHead(env.identity, segment, continued, groups.values());
  const { bytes, end } = encodeBatch(before, table, [], 0, segment.salt, env.hasher);
  yield* writeAndSync(segment.file, 0, bytes);
  segment.sectors = bytes.length / SECTOR_BYTES;
  return { segment, end };
}

/** Reads every batch, in order. */
function* walk(env: Environment, chain: readonly Begun[], replay: Replay, second: Promises): Steps<LogEnd> {
  const { location } = env.disk;
  let end = NO_CHAIN;
  let result: LogEnd | null = null;
  for (const [i, { segment, head, record }] of chain.entries()) {
    const start = { location, segment: segment.number, offset: 0 };
    const before = chain[i - 1]?.segment;
    if (before === undefined) replay.begin(head, start);
    else {
      const follows = head.head.sequence === end.sequence + 1 && head.head.before === end.digest;
      if (!follows || record.previousSectors !== before.sectors) {
        const at = before.sectors * SECTOR_BYTES;
        throw damage(
          { location, segment: before.number, offset: at },
          'a batch is damaged, and there are later ones',
        );
      }
      replay.continueWith(head, start);
    }
    end = head.end;
    segment.sectors = head.head.sectors;
    if (segment.bytes < record.bytes) {
      throw damage({ ...start, offset: segment.bytes }, `the file ends there, and had ${record.bytes} bytes`);
    }
    const bytes = yield* read(segment.file, 0, segment.bytes);
    const sectors = new SectorReader(bytes, segment.salt, env.hasher);
    const limit = chain[i + 1]?.record.previousSectors ?? sectors.count;
    let lastBatch = 0;
    while (segment.sectors < limit) {
      const batch = readBatch(sectors, segment.sectors, env.hasher);
      if (batch === null || batch.head.sequence !== end.sequence + 1 || batch.head.before !== end.digest)
        break;
      replay.apply(batch, { ...start, offset: segment.sectors * SECTOR_BYTES });
      end = batch.end;
      lastBatch = segment.sectors;
      segment.sectors += batch.head.sectors;
    }
    if (chain[i + 1] === undefined) {
      const tail = judgeTail(sectors, segment.sectors, end, second.sequence);
      if (tail.kind === 'corrupt') {
        const at = { ...start, offset: segment.sectors * SECTOR_BYTES };
        throw damage(
          at,
          `a batch is damaged, and there is a later one at byte ${tail.sector * SECTOR_BYTES}`,
        );
      }
      result = { segment, end, tail, lastBatch };
    }
    yield* nextTurn(env.scheduler);
  }
  if (result === null) throw corrupt(location, segmentName(1), 0, 'there is no segment');
  return result;
}

/**
 * A segment is begun after the last batch of the one before was synced, or after a cut was noted. So there can be no
 * damaged batch before one with something in it, and nothing but its head in that one.
 */
function* checkNotBegun(env: Environment, found: SegmentChain, logEnd: LogEnd, cut: Cut | null): Steps<void> {
  const { segment: last, tail, end } = logEnd;
  const noted = cut !== null && cut.segment === last.number && cut.sectors === last.sectors;
  for (const segment of found.notBegun) {
    const bytes = yield* read(segment.file, 0, segment.bytes);
    const sectors = new SectorReader(bytes, segment.salt, env.hasher);
    if (sectors.isBlankFrom(0)) continue;
    const where = { location: env.disk.location, segment: segment.number, offset: 0 };
    const judged = judgeTail(sectors, 0, end, 0);
    if (judged.kind === 'corrupt') {
      throw damage(
        where,
        `the beginning of the segment is damaged, and there is a batch at byte ${judged.sector * SECTOR_BYTES}`,
      );
    }
    if (tail.kind !== 'clean' && !noted) {
      const at = { ...where, segment: last.number, offset: last.sectors * SECTOR_BYTES };
      throw damage(at, `a batch is damaged, and a later segment, ${segmentName(segment.number)}, was begun`);
    }
  }
}

function checkComplete(
  env: Environment,
  groups: ReadonlyMap<GroupId, GroupState>,
  found: SegmentChain,
): void {
  for (const state of groups.values()) {
    const missing = state.firstMissing();
    if (missing === null) continue;
    const name = segmentName((found.chain[0]?.record.previous ?? 0) || 1);
    throw corrupt(
      env.disk.location,
      name,
      0,
      `the file is missing, and with it entry ${missing} of group ${state.group}`,
    );
  }
}

/** Nothing that is known to be committed may be behind the cut. */
function checkCommit(
  env: Environment,
  groups: ReadonlyMap<GroupId, GroupState>,
  second: Promises,
  { segment, tail }: LogEnd,
): void {
  if (tail.kind === 'clean') return;
  for (const { group, shape } of groups.values()) {
    const commit = Math.max(shape.hardState.commit, second.groups.get(group)?.commit ?? 0) as Index;
    if (commit <= shape.last.index) continue;
    const where = {
      location: env.disk.location,
      segment: segment.number,
      offset: segment.sectors * SECTOR_BYTES,
    };
    throw damage(where, `a batch is damaged that held committed entries of group ${group}, up to ${commit}`);
  }
}

function doubtfulGroups(tail: Tail, all: readonly GroupId[]): Set<GroupId> {
  return new Set(tail.kind === 'doubtful' ? (tail.groups ?? all) : []);
}

/** The hard state of every group: the higher of both places, and in doubt if either says so. Adds missing groups. */
function mergePromises(
  env: Environment,
  groups: Map<GroupId, GroupState>,
  second: Promises,
  use: SegmentUse,
  doubtful: ReadonlySet<GroupId>,
): Map<GroupId, HardState> {
  const states = new Map<GroupId, HardState>();
  for (const group of new Set([...groups.keys(), ...second.groups.keys(), ...doubtful])) {
    const state = groups.get(group) ?? new GroupState(group, use);
    groups.set(group, state);
    const merged = higher(state.shape.hardState, second.groups.get(group) ?? NO_HARD_STATE);
    if (merged === null) throw contradiction(env, group);
    states.set(group, doubtful.has(group) ? { ...merged, doubt: true } : merged);
  }
  return states;
}

function contradiction(env: Environment, group: GroupId): SmaltiError {
  const what = `it and the log name different votes in one term of group ${group}`;
  return corrupt(env.disk.location, HARD_STATE_FILE, 0, what);
}

function* removeUnused(env: Environment, { leftOver, notBegun }: SegmentChain): Steps<void> {
  const unused = [...leftOver, ...notBegun];
  for (const { file, number } of unused) {
    yield* close(file);
    yield* unlink(env.disk, segmentName(number));
  }
  if (unused.length > 0) yield* syncDirectory(env.disk);
}
