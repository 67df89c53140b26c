import { DiskError, type DiskFile, invariant, type StoreIdentity } from '@smalti/core';
import { allocate, close, open, run, type Steps, sync, syncDirectory, unlink } from '@smalti/core/steps';
import { SECTOR_BYTES } from '../format/sector.ts';
import { segmentName, segmentSalt } from '../format/segment-name.ts';
import type { Environment } from './environment.ts';

/** A segment that is open. */
export interface Segment {
  readonly number: number;
  readonly file: DiskFile;
  readonly salt: number;
  /** Bytes that are allocated. */
  bytes: number;
  /** Sectors that are written. */
  sectors: number;
  /** Reads under way. The file is closed after the last one. */
  readers: number;
  /** It is gone from the directory, or about to. */
  dropped: boolean;
}

/** Space is given, and synced, in pieces, so that a sync of the log beside it never waits for a whole segment. */
const PIECE_BYTES = 1024 * 1024;

/** The segments of a store: makes them ahead of time, hands them out, and removes them. */
export class SegmentFiles {
  readonly #env: Environment;
  readonly #segments: Segment[];
  #nextNumber: number;
  #ready: Segment | null = null;
  #preparing = false;
  #dropping = 0;
  #problem: DiskError | null = null;
  #stopped = false;
  #waiters: (() => void)[] = [];

  /** `segments` in their order; numbers from `nextNumber` on were never used. */
  constructor(env: Environment, segments: readonly Segment[], nextNumber: number) {
    this.#env = env;
    this.#segments = [...segments];
    this.#nextNumber = nextNumber;
  }

  /** The segment that is written now. */
  get current(): Segment {
    const current = this.#segments.at(-1);
    invariant(current !== undefined, 'there is a segment to write');
    return current;
  }

  get oldest(): Segment {
    return this.#segments[0] ?? this.current;
  }

  /** Bytes of all segments, without the one that is prepared. */
  get bytes(): number {
    return this.#segments.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get count(): number {
    return this.#segments.length;
  }

  /** True while files are being made or removed. */
  get busy(): boolean {
    return this.#preparing || this.#dropping > 0 || this.#segments.some(({ readers }) => readers > 0);
  }

  get(number: number): Segment {
    const found = this.#segments.find((segment) => segment.number === number);
    invariant(found !== undefined, `segment ${number} is open`);
    return found;
  }

  /** Begins to make the next segment, if that is not done already. Never throws: `take` tells what went wrong. */
  prepare(): void {
    if (this.#ready !== null || this.#preparing || this.#stopped) return;
    this.#preparing = true;
    this.#problem = null;
    const number = this.#nextNumber++;
    run(createSegment(this.#env, number, this.#env.options.segmentBytes), (error, segment) => {
      this.#preparing = false;
      if (error instanceof DiskError) this.#problem = error;
      else if (segment !== undefined) this.#ready = segment;
      this.#wake();
    });
  }

  /** A segment of at least that many bytes, not begun. @throws DiskError if there is no room for it. */
  *take(bytes: number): Steps<Segment> {
    const segment = yield* this.ensureAhead(bytes);
    this.#ready = null;
    return segment;
  }

  /** Waits until a segment of at least that many bytes is ready. @throws DiskError if there is no room for it. */
  *ensureAhead(bytes: number): Steps<Segment> {
    for (;;) {
      this.prepare();
      while (this.#preparing) yield* this.#settled();
      if (this.#stopped) throw new DiskError('closed', '', 'the store is closed');
      if (this.#problem !== null) throw this.#problem;
      const segment = this.#ready;
      if (segment !== null && segment.bytes >= bytes) return segment;
      if (segment !== null) yield* this.#extend(segment, bytes);
    }
  }

  /** Nobody else gets the segment meanwhile: whoever took it might give it up, and close it. */
  *#extend(segment: Segment, bytes: number): Steps<void> {
    const whole = Math.ceil(bytes / SECTOR_BYTES) * SECTOR_BYTES;
    this.#preparing = true;
    try {
      yield* allocate(segment.file, whole);
      yield* sync(segment.file);
      segment.bytes = whole;
    } finally {
      this.#preparing = false;
      this.#wake();
    }
  }

  /** The segment's head is durable: it is the current one now. */
  begin(segment: Segment): void {
    this.#segments.push(segment);
    this.prepare();
  }

  /** Removes a segment that was taken and could not be begun. */
  *discard(segment: Segment): Steps<void> {
    yield* close(segment.file);
    yield* unlink(this.#env.disk, segmentName(segment.number));
    yield* syncDirectory(this.#env.disk);
  }

  /** Removes the oldest segment, which nothing needs any more. It happens in the background. */
  dropOldest(): void {
    const segment = this.#segments.shift();
    invariant(segment !== undefined && this.#segments.length > 0, 'the current segment stays');
    segment.dropped = true;
    this.#dropping += 1;
    this.#closeUnused(segment);
    run(this.#remove(segment.number), (error) => {
      this.#dropping -= 1;
      // It is only space: the next start removes what is left.
      if (error !== null) this.#env.logger.warn('an old segment could not be removed', { error });
      this.#wake();
    });
  }

  /** Keeps a segment's file open while it is read. */
  hold(segment: Segment): void {
    segment.readers += 1;
  }

  release(segment: Segment): void {
    segment.readers -= 1;
    this.#closeUnused(segment);
    this.#wake();
  }

  /** Makes no more segments, waits until nothing is under way, and closes all files. */
  *close(): Steps<void> {
    this.#stopped = true;
    while (this.busy) yield* this.#settled();
    for (const { file } of this.#segments) yield* close(file);
    const ready = this.#ready;
    this.#ready = null;
    if (ready !== null) {
      yield* close(ready.file);
      yield* unlink(this.#env.disk, segmentName(ready.number));
    }
  }

  *#remove(number: number): Steps<void> {
    yield* unlink(this.#env.disk, segmentName(number));
    yield* syncDirectory(this.#env.disk);
  }

  #closeUnused(segment: Segment): void {
    if (segment.dropped && segment.readers === 0) segment.file.close(() => {});
  }

  *#settled(): Steps<void> {
    yield (resume) => this.#waiters.push(() => resume(null, undefined));
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter();
  }
}

/** Makes a segment: allocated, filled with zeros, durable with its name. @throws DiskError, and leaves nothing then. */
export function* createSegment(env: Environment, number: number, bytes: number): Steps<Segment> {
  const name = segmentName(number);
  const file = yield* open(env.disk, name, 'create');
  try {
    for (let length = 0; length < bytes; ) {
      length = Math.min(bytes, length + PIECE_BYTES);
      yield* allocate(file, length);
      yield* sync(file);
    }
    yield* syncDirectory(env.disk);
  } catch (error) {
    yield* giveUp(env, file, name);
    throw error;
  }
  return openedSegment(env, number, file, bytes);
}

/** A segment whose file is open. */
export function openedSegment(
  env: Pick<Environment, 'hasher'> & { readonly identity: StoreIdentity },
  number: number,
  file: DiskFile,
  bytes: number,
): Segment {
  const salt = segmentSalt(env.identity, number, env.hasher);
  return {
    number,
    file,
    salt,
    bytes: bytes - (bytes % SECTOR_BYTES),
    sectors: 0,
    readers: 0,
    dropped: false,
  };
}

function* giveUp(env: Environment, file: DiskFile, name: string): Steps<void> {
  try {
    yield* close(file);
    yield* unlink(env.disk, name);
  } catch (error) {
    env.logger.warn('a file that could not be made could not be removed either', { file: name, error });
  }
}
