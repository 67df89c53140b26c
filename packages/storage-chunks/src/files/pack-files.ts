import { DiskError, type DiskFile, invariant, type PartName } from '@smalti/core';
import {
  allocate,
  call,
  open,
  type Steps,
  sync,
  syncDirectory,
  truncate,
  unlink,
  write,
} from '@smalti/core/steps';
import { full } from '../errors.ts';
import { bytesInBatch, encodeBatch, roundUp } from '../format/batch.ts';
import type { PartIndex } from '../part-index.ts';
import type { Environment } from './environment.ts';
import { giveWriterBack, takeWriter } from './kept-writer.ts';
import { type Pack, packPath } from './pack.ts';
import { PartReads } from './part-reads.ts';
import { close } from './small-files.ts';

/** Blocks are taken so many bytes at a time. */
const ALLOCATION = 256 * 1024;

/** A part and its name. */
export type NamedPart = readonly [PartName, Uint8Array];

/** The packs of a store. Writing is for one at a time; reading for all. */
export class PackFiles {
  readonly #env: Environment;
  readonly #index: PartIndex;
  readonly #packs = new Set<Pack>();
  readonly #reads: PartReads;
  /** The one that is written to, or null if a new one has to be begun. */
  #current: Pack | null = null;
  #lastNumber = 0;
  #sequence = 0;

  constructor(env: Environment, index: PartIndex) {
    this.#env = env;
    this.#index = index;
    this.#reads = new PartReads(env, index);
  }

  get packs(): ReadonlySet<Pack> {
    return this.#packs;
  }

  /** A pack that recovery has read. The one with the highest number is written to, if there is room in it. */
  adopt(pack: Pack): void {
    this.#packs.add(pack);
    this.#lastNumber = Math.max(this.#lastNumber, pack.number);
    if (pack.number === this.#lastNumber) this.#current = pack;
  }

  /** The highest number of a batch that was found. */
  goOnAfter(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence);
  }

  /** A part that is on the disk, or null: one that is damaged is forgotten. `done` is called later, once. */
  get(name: PartName, done: (bytes: Uint8Array | null) => void): void {
    this.#reads.get(name, done);
  }

  /** As {@link get}, of several at once. */
  read(names: readonly PartName[]): Steps<(Uint8Array | null)[]> {
    return call((done) => {
      const answers: (Uint8Array | null)[] = names.map(() => null);
      let left = names.length;
      if (left === 0) this.#env.scheduler.endOfTurn(() => done(null, answers));
      for (const [i, name] of names.entries()) {
        this.get(name, (bytes) => {
          answers[i] = bytes;
          left -= 1;
          if (left === 0) done(null, answers);
        });
      }
    });
  }

  /**
   * Writes parts, in as many batches as it takes; each is in the index as soon as it is on the disk. They are at other
   * places afterwards, if they were there.
   *
   * @throws SmaltiError `STORAGE_FULL`: some may be there. DiskError: final.
   */
  *write(parts: readonly NamedPart[]): Steps<void> {
    const { batchBytes } = this.#env.options;
    for (let at = 0; at < parts.length; ) {
      let bytes = 0;
      let to = at;
      while (to < parts.length && (to === at || bytes < batchBytes)) {
        bytes += bytesInBatch(parts[to]?.[1].length ?? 0);
        to += 1;
      }
      yield* this.#writeBatch(parts.slice(at, to));
      at = to;
    }
  }

  /** Nothing more is written to a pack. */
  seal(pack: Pack): void {
    if (this.#current === pack) this.#current = null;
  }

  /** Removes a pack, of which nothing is in the index any more. That its name goes need not be durable. */
  *remove(pack: Pack): Steps<void> {
    invariant(pack.parts === 0, `${pack.file.path} is removed, and parts are in it`);
    this.#packs.delete(pack);
    if (this.#current === pack) this.#current = null;
    pack.removed = true;
    yield* unlink(this.#env.disk, pack.file.path);
    if (pack.reading === 0) yield* close(pack.file);
  }

  *closeAll(): Steps<void> {
    for (const pack of this.#packs) yield* close(pack.file);
  }

  *#writeBatch(parts: readonly NamedPart[]): Steps<void> {
    const { hasher, meter } = this.#env;
    const pack = yield* this.#packToWrite();
    const head = { sequence: this.#sequence + 1, pack: pack.number };
    const writer = takeWriter();
    const { bytes, placed } = encodeBatch(parts, head, hasher, writer);
    yield* this.#allocate(pack, pack.end + bytes.length);
    yield* this.#orFull(pack, write(pack.file, pack.end, bytes));
    yield* sync(pack.file);
    this.#sequence += 1;
    for (const { name, bytes: part, at } of placed) this.#index.set(name, pack, pack.end + at, part.length);
    pack.end += roundUp(bytes.length);
    giveWriterBack(writer);
    meter.count('chunks.written_bytes', bytes.length);
  }

  *#packToWrite(): Steps<Pack> {
    if (this.#current !== null && this.#current.end < this.#env.options.packBytes) return this.#current;
    const { disk } = this.#env;
    const number = this.#lastNumber + 1;
    this.#lastNumber = number;
    let file: DiskFile;
    try {
      file = yield* open(disk, packPath(number), 'create');
    } catch (error) {
      throw error instanceof DiskError && error.code === 'full' ? full(disk.location, error) : error;
    }
    const pack = { number, file, end: 0, allocated: 0, parts: 0, reading: 0, removed: false };
    this.#packs.add(pack);
    this.#current = pack;
    // Before anything in it is promised.
    yield* syncDirectory(disk);
    return pack;
  }

  /** So that a full disk shows before a write, when nothing has happened yet. */
  *#allocate(pack: Pack, bytes: number): Steps<void> {
    if (bytes <= pack.allocated) return;
    const wanted = Math.ceil(bytes / ALLOCATION) * ALLOCATION;
    yield* this.#orFull(pack, allocate(pack.file, wanted));
    pack.allocated = wanted;
  }

  /** Lack of space can be tried again, once what may be there of it is cut off. */
  *#orFull(pack: Pack, work: Steps<void>): Steps<void> {
    try {
      yield* work;
    } catch (error) {
      if (!(error instanceof DiskError) || error.code !== 'full') throw error;
      yield* truncate(pack.file, pack.end);
      pack.allocated = pack.end;
      throw full(this.#env.disk.location, error);
    }
  }
}
