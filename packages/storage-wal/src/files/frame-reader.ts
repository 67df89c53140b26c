import { DecodeError, type Entry, type Hasher, type Index, offset, readFrames } from '@smalti/core';
import { read, type Steps } from '@smalti/core/steps';
import { corrupt } from '../errors.ts';
import { offsetOf, SECTOR_BYTES, SECTOR_PAYLOAD, SectorReader } from '../format/sector.ts';
import { segmentName } from '../format/segment-name.ts';
import type { EntryIndex, FramePlace } from '../group/entry-index.ts';
import type { Segment, SegmentFiles } from './segment-files.ts';

/** Frames that are further apart than this are read by themselves. */
const MAX_GAP = 16 * 1024;

/** Frames that one read brings. */
interface Span {
  readonly segment: Segment;
  readonly frames: FramePlace[];
}

/** Reads frames from segments, and verifies every sector that it takes something from. */
export class FrameReader {
  readonly #segments: SegmentFiles;
  readonly #hasher: Hasher;
  readonly #location: string;

  constructor(segments: SegmentFiles, hasher: Hasher, location: string) {
    this.#segments = segments;
    this.#hasher = hasher;
    this.#location = location;
  }

  /**
   * Reads `count` entries. Where they are is taken from the index within this call; it may change afterwards.
   *
   * @throws SmaltiError `STORAGE_CORRUPT`; DiskError.
   */
  read(index: EntryIndex, first: Index, count: number): Steps<Entry[]> {
    const spans: Span[] = [];
    for (let i = 0; i < count; i++) this.#add(spans, index.at(offset(first, i)));
    for (const { segment } of spans) this.#segments.hold(segment);
    return this.#readSpans(spans, first);
  }

  *#readSpans(spans: readonly Span[], first: Index): Steps<Entry[]> {
    const total = spans.reduce(
      (sum, { frames }) => frames.reduce((more, { length }) => more + length, sum),
      0,
    );
    const bytes = new Uint8Array(total);
    try {
      let at = 0;
      for (const span of spans) at = yield* this.#readSpan(span, bytes, at);
    } finally {
      for (const { segment } of spans) this.#segments.release(segment);
    }
    return this.#open(bytes, spans, first);
  }

  *#readSpan({ segment, frames }: Span, into: Uint8Array, start: number): Steps<number> {
    const firstSector = Math.floor((frames[0]?.place ?? 0) / SECTOR_PAYLOAD);
    const last = frames.at(-1);
    const end = Math.ceil(((last?.place ?? 0) + (last?.length ?? 0)) / SECTOR_PAYLOAD);
    const raw = yield* read(segment.file, firstSector * SECTOR_BYTES, (end - firstSector) * SECTOR_BYTES);
    const sectors = new SectorReader(raw, segment.salt, this.#hasher);
    const shift = firstSector * SECTOR_PAYLOAD;
    let verified = 0;
    let at = start;
    for (const { place, length } of frames) {
      const from = Math.floor((place - shift) / SECTOR_PAYLOAD);
      const until = Math.ceil((place - shift + length) / SECTOR_PAYLOAD);
      for (let sector = Math.max(from, verified); sector < until; sector++) {
        if (sector >= sectors.count || !sectors.isGood(sector)) {
          const where = (firstSector + sector) * SECTOR_BYTES;
          throw corrupt(
            this.#location,
            segmentName(segment.number),
            where,
            'what was written there has changed',
          );
        }
      }
      verified = until;
      sectors.copy(place - shift, length, into, at);
      at += length;
    }
    return at;
  }

  #open(bytes: Uint8Array, spans: readonly Span[], first: Index): Entry[] {
    let entries: Entry[] = [];
    let cause: unknown;
    try {
      entries = readFrames(bytes);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      cause = error;
    }
    const places = spans.flatMap(({ segment, frames }) => frames.map((frame) => ({ segment, frame })));
    for (const [i, { segment, frame }] of places.entries()) {
      const entry = entries[i];
      if (entry?.index === offset(first, i) && entry.frame.length === frame.length) continue;
      const name = segmentName(segment.number);
      throw corrupt(this.#location, name, offsetOf(frame.place), `entry ${first + i} is not there`, cause);
    }
    return entries;
  }

  #add(spans: Span[], frame: FramePlace): void {
    const span = spans.at(-1);
    const last = span?.frames.at(-1);
    if (span !== undefined && last !== undefined && span.segment.number === frame.segment) {
      const gap = frame.place - (last.place + last.length);
      if (gap >= 0 && gap <= MAX_GAP) {
        span.frames.push(frame);
        return;
      }
    }
    spans.push({ segment: this.#segments.get(frame.segment), frames: [frame] });
  }
}
