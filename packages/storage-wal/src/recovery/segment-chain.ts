import type { SmaltiError } from '@smalti/core';
import { open, read, type Steps, size } from '@smalti/core/steps';
import { corrupt } from '../errors.ts';
import type { Environment } from '../files/environment.ts';
import { openedSegment, type Segment } from '../files/segment-files.ts';
import { type Batch, readBatch, readBatchHead } from '../format/batch.ts';
import type { SegmentRecord } from '../format/records.ts';
import { SECTOR_BYTES, SectorReader } from '../format/sector.ts';
import { segmentName } from '../format/segment-name.ts';
import { segmentRecordOf } from './replay.ts';

/** A segment that was begun: its head is whole. */
export interface Begun {
  readonly segment: Segment;
  readonly head: Batch;
  readonly record: SegmentRecord;
}

/** The segments of a directory. */
export interface SegmentChain {
  /** Those that make up the log, in their order: each names the one before. */
  readonly chain: readonly Begun[];
  /** Those that an unfinished removal left; nothing needs them. */
  readonly leftOver: readonly Segment[];
  /** Those after the last of the chain: made ahead of time, or begun and not finished when the power went. */
  readonly notBegun: readonly Segment[];
}

/**
 * Opens all segments and finds out which make up the log.
 *
 * @throws SmaltiError `STORAGE_CORRUPT`; DiskError.
 */
export function* openSegments(env: Environment, numbers: readonly number[]): Steps<SegmentChain> {
  const all: { segment: Segment; begun: Begun | null }[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const file = yield* open(env.disk, segmentName(number), 'existing');
    const segment = openedSegment(env, number, file, yield* size(file));
    all.push({ segment, begun: yield* readHead(env, segment) });
  }
  const byNumber = new Map(all.map(({ segment, begun }) => [segment.number, begun]));
  const chain: Begun[] = [];
  let next = all.findLast(({ begun }) => begun !== null)?.begun ?? null;
  if (next === null) throw noSegment(env, numbers[0]);
  while (next !== null) {
    chain.unshift(next);
    const { previous } = next.record;
    const before = byNumber.get(previous);
    if (before === null) {
      throw corrupt(env.disk.location, segmentName(previous), 0, 'the beginning of the segment is damaged');
    }
    next = before ?? null;
  }
  const used = new Set(chain.map(({ segment }) => segment.number));
  const last = Math.max(...used);
  const unused = all.map(({ segment }) => segment).filter(({ number }) => !used.has(number));
  return {
    chain,
    leftOver: unused.filter(({ number }) => number < last),
    notBegun: unused.filter(({ number }) => number > last),
  };
}

function* readHead(env: Environment, segment: Segment): Steps<Begun | null> {
  const first = new SectorReader(yield* read(segment.file, 0, SECTOR_BYTES), segment.salt, env.hasher);
  const sectors = readBatchHead(first, 0)?.sectors ?? 0;
  if (sectors === 0 || sectors * SECTOR_BYTES > segment.bytes) return null;
  const bytes = yield* read(segment.file, 0, sectors * SECTOR_BYTES);
  const head = readBatch(new SectorReader(bytes, segment.salt, env.hasher), 0, env.hasher);
  if (head === null) return null;
  const where = { location: env.disk.location, segment: segment.number, offset: 0 };
  return { segment, head, record: segmentRecordOf(head, env.identity, where) };
}

function noSegment(env: Environment, number: number | undefined): SmaltiError {
  return corrupt(
    env.disk.location,
    segmentName(number ?? 1),
    0,
    'there is no segment of the log that can be read',
  );
}
