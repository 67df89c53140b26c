import { nameOfPart, type PartName } from '@smalti/core';
import { run as runSteps, type Steps, Stint } from '@smalti/core/steps';
import type { PartIndex } from '../part-index.ts';
import { type Environment, TURN_MS } from './environment.ts';
import type { Pack } from './pack.ts';

/** Parts that are no farther apart are read together: so many bytes cost less than another read. */
const MAX_GAP = 16 * 1024;
/** Bytes that are read together, but for a single longer part. */
const MAX_RUN = 512 * 1024;

/** A part that somebody waits for. */
interface Wanted {
  readonly name: PartName;
  readonly pack: Pack;
  readonly at: number;
  readonly length: number;
  readonly done: (bytes: Uint8Array | null) => void;
}

/** What was read, and from where in the pack. */
interface Found {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly kept: (part: Uint8Array) => Uint8Array;
}

/**
 * Reads of parts. What is asked for in one turn of the event loop, and stands side by side in a pack, is read at once:
 * parts are small, and whoever wants one mostly wants its neighbours. Each is verified by its name.
 */
export class PartReads {
  readonly #env: Environment;
  readonly #index: PartIndex;
  #wanted: Wanted[] = [];
  #missing: (() => void)[] = [];
  #due = false;

  constructor(env: Environment, index: PartIndex) {
    this.#env = env;
    this.#index = index;
  }

  /** A part that is on the disk, or null: one that is damaged is forgotten. */
  get(name: PartName, done: (bytes: Uint8Array | null) => void): void {
    const place = this.#index.get(name);
    if (place === null) {
      this.#missing.push(() => done(null));
    } else {
      const { pack, at, length } = place;
      // From now on: the file stays open until it was read.
      pack.reading += 1;
      this.#wanted.push({ name, pack, at, length, done });
    }
    if (this.#due) return;
    this.#due = true;
    this.#env.scheduler.endOfTurn(() => this.#begin());
  }

  #begin(): void {
    const wanted = this.#wanted;
    const missing = this.#missing;
    this.#wanted = [];
    this.#missing = [];
    this.#due = false;
    for (const run of runsOf(wanted)) this.#read(run);
    for (const tell of missing) tell();
  }

  #read(run: readonly Wanted[]): void {
    const [{ pack, at }] = run as readonly [Wanted];
    const length = endOf(run) - at;
    const used = run.reduce((sum, part) => sum + part.length, 0);
    pack.file.readAt(at, length, (error, bytes) => {
      if (error !== null && run.length > 1) {
        // A place that cannot be read must not cost those beside it.
        for (const one of run) this.#read([one]);
        return;
      }
      pack.reading -= run.length;
      if (pack.removed && pack.reading === 0) pack.file.close(() => {});
      // Views, unless most of what they would keep in memory is of no use.
      const kept = (part: Uint8Array): Uint8Array => (2 * used < length ? part.slice() : part);
      runSteps(this.#tell(run, error === null ? { bytes, at, kept } : null, error), (thrown) => {
        // What whoever waits for a part throws is a bug of theirs, and not hidden.
        if (thrown !== null) throw thrown;
      });
    });
  }

  /** Verifies what was read and hands it out: hundreds of parts, of which a little is done in each turn. */
  *#tell(run: readonly Wanted[], found: Found | null, error: Error | null): Steps<void> {
    const { clock, scheduler } = this.#env;
    const stint = new Stint(clock, scheduler, { ms: TURN_MS, most: MAX_RUN });
    for (const one of run) {
      const from = one.at - (found?.at ?? 0);
      const part = found === null ? null : found.bytes.subarray(from, from + one.length);
      if (found === null || part === null || !this.#isGood(one, part)) this.#damaged(one, error);
      else one.done(found.kept(part));
      if (stint.did(one.length)) yield* stint.rest();
    }
  }

  #isGood({ name, length }: Wanted, bytes: Uint8Array): boolean {
    return bytes.length === length && nameOfPart(bytes, this.#env.hasher) === name;
  }

  #damaged({ name, pack, at, done }: Wanted, error: Error | null): void {
    const { logger, meter, disk } = this.#env;
    // It may have been copied while it was read; then that place is still to be believed.
    this.#index.lose(name, pack, at);
    meter.count('chunks.damaged_parts');
    const where = { file: `${disk.location}/${pack.file.path}`, offset: at, part: name };
    logger.warn('a part of a checkpoint is damaged, and has to be fetched again', { ...where, error });
    done(null);
  }
}

/** What is read together, in the order in which it is on the disk. */
function runsOf(wanted: readonly Wanted[]): readonly (readonly Wanted[])[] {
  const inOrder = [...wanted].sort((a, b) => a.pack.number - b.pack.number || a.at - b.at);
  const runs: Wanted[][] = [];
  let run: Wanted[] = [];
  let end = 0;
  for (const one of inOrder) {
    const [first] = run;
    const together =
      first !== undefined &&
      first.pack === one.pack &&
      one.at - end <= MAX_GAP &&
      one.at + one.length - first.at <= MAX_RUN;
    if (!together) {
      run = [];
      runs.push(run);
      end = 0;
    }
    run.push(one);
    end = Math.max(end, one.at + one.length);
  }
  return runs;
}

function endOf(run: readonly Wanted[]): number {
  return run.reduce((end, { at, length }) => Math.max(end, at + length), 0);
}
