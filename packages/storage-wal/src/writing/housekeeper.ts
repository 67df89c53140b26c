import { type Entry, type GroupId, type Index, offset } from '@smalti/core';
import type { Steps } from '@smalti/core/steps';
import type { FrameReader } from '../files/frame-reader.ts';
import type { SegmentFiles } from '../files/segment-files.ts';
import type { CopyRecord } from '../format/records.ts';
import type { GroupState } from '../group/group-state.ts';
import type { SegmentUse } from '../group/segment-use.ts';
import type { Operation } from './operation.ts';

/** Bytes of entries that are written again in one batch, at most, unless one entry is larger. */
const SLICE_BYTES = 1024 * 1024;
/** Segments that may hold nothing but garbage before anything is written again. */
const SPARE_SEGMENTS = 4;
/** More than this many bytes of segments for each byte of entries is too much. */
const MAX_SPREAD = 2.5;

/**
 * Removes old segments that nothing needs, and writes again, at the head, what a quiet group still needs from one
 * that stands in the way. No more is written again than was written: where segments cannot be filled well, because
 * their heads or single writes are large, the log would otherwise be copied for ever without becoming smaller.
 */
export class Housekeeper {
  readonly #segments: SegmentFiles;
  readonly #groups: ReadonlyMap<GroupId, GroupState>;
  readonly #use: SegmentUse;
  readonly #reader: FrameReader;
  /** Bytes that may still be written again. A start does not know what was written, and may copy all once. */
  #allowance = Number.POSITIVE_INFINITY;

  constructor(
    segments: SegmentFiles,
    groups: ReadonlyMap<GroupId, GroupState>,
    use: SegmentUse,
    reader: FrameReader,
  ) {
    this.#segments = segments;
    this.#groups = groups;
    this.#use = use;
    this.#reader = reader;
  }

  /**
   * Called between batches, with the bytes that were written since the last time. Gives what has to be written again
   * now, or null.
   */
  work(written: number): Steps<readonly Operation[]> | null {
    const segments = this.#segments;
    this.#allowance = Math.min(this.#allowance + written, segments.bytes);
    while (segments.oldest !== segments.current && !this.#use.isUsed(segments.oldest.number)) {
      this.#use.forget(segments.oldest.number);
      segments.dropOldest();
    }
    if (segments.count <= SPARE_SEGMENTS || this.#allowance <= 0) return null;
    const wanted = this.#use.total * MAX_SPREAD + SPARE_SEGMENTS * (segments.bytes / segments.count);
    return segments.bytes > wanted ? this.#copySlice(segments.oldest.number) : null;
  }

  *#copySlice(segment: number): Steps<readonly Operation[]> {
    const operations: Operation[] = [];
    let bytes = 0;
    for (const state of this.#groups.values()) {
      for (const { first, count, size } of runsIn(state, segment, SLICE_BYTES - bytes)) {
        const entries = yield* this.#reader.read(state.index, first, count);
        operations.push(copyOf(state, entries, size));
        bytes += size;
      }
      if (bytes >= SLICE_BYTES) break;
    }
    this.#allowance -= bytes;
    return operations;
  }
}

interface Run {
  readonly first: Index;
  count: number;
  size: number;
}

/** Entries of a group that are in that segment, as runs of neighbours, up to about `limit` bytes. */
function runsIn({ index }: GroupState, segment: number, limit: number): Run[] {
  const runs: Run[] = [];
  let total = 0;
  for (let i = 0; i < index.count && total < limit; i++) {
    const at = offset(index.first, i);
    if (index.segmentOf(at) !== segment) continue;
    const size = index.lengthOf(at);
    const run = runs.at(-1);
    if (run !== undefined && run.first + run.count === at) {
      run.count += 1;
      run.size += size;
    } else runs.push({ first: at, count: 1, size });
    total += size;
  }
  return runs;
}

function copyOf(state: GroupState, entries: readonly Entry[], frameBytes: number): Operation {
  const first = entries[0]?.index ?? (0 as Index);
  const record: CopyRecord = { kind: 'copy', group: state.group, first, count: entries.length, frameBytes };
  return {
    group: state.group,
    record,
    frames: entries.map(({ frame }) => frame),
    frameBytes,
    apply: (segment, place) =>
      state.copy(
        record,
        entries.map(({ frame }) => frame.length),
        segment,
        place,
      ),
    revert: () => {},
    done: () => {},
  };
}
