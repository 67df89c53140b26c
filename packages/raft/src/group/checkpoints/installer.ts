import {
  type Anchor,
  type Clock,
  type Manifest,
  SmaltiError,
  type SnapshotLease,
  type SnapshotStore,
} from '@smalti/core';
import { call, run, type Steps } from '@smalti/core/steps';
import type { Applier } from '../applier.ts';
import type { Born } from '../birth.ts';
import type { EngineShell } from '../engine-shell.ts';
import { CheckpointReader } from './checkpoint-reader.ts';
import { type Loaded, type LoadParts, loadSteps } from './load.ts';

/** How long parts are kept for an install that makes no progress, in milliseconds. */
const LEASE_MS = 60_000;

/** What checkpoints are installed with. */
export interface InstallerParts extends Omit<LoadParts, 'store'> {
  readonly store: SnapshotStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly born: Born;
  readonly shell: Pick<EngineShell, 'session' | 'mayInstall' | 'install'>;
  readonly applier: Pick<Applier<never, never, unknown>, 'paused' | 'pause' | 'resume' | 'install'>;
  /** The state is that of the checkpoint now: what comes after it is applied next. */
  installed(loaded: Loaded): void;
  /** Final: the store of checkpoints has failed. */
  fault(error: SmaltiError): void;
}

/**
 * Lets a checkpoint take the place of the state, in steps that a crash can fall between:
 * 1. all of it is read and verified: until then nothing was touched;
 * 2. it becomes known as agreed in its store: from then on a restart begins with it, and does the rest;
 * 3. the log begins at its anchor, in one durable step;
 * 4. the machine, the sessions and the position of applying are replaced, in memory.
 */
export class Installer {
  readonly #parts: InstallerParts;
  #busy = false;
  #closed = false;

  constructor(parts: InstallerParts) {
    this.#parts = parts;
  }

  /**
   * For the session of that epoch, whose leader announced the anchor. Why not, or null; then `done` is called once,
   * unless the session ends before: with `SYNC_REFUSED` and `details.part` if a part is missing or damaged, and
   * whatever else keeps it from being installed. What is refused has changed nothing of the state.
   */
  install(epoch: number, anchor: Anchor, done: (error: SmaltiError | null) => void): string | null {
    const refusal = this.#refusal(epoch, anchor);
    if (refusal !== null) return refusal;
    this.#busy = true;
    const { store, clock } = this.#parts;
    const lease = store.lease(anchor.root, clock.now() + LEASE_MS);
    run(this.#steps(epoch, anchor, lease), (error) => {
      lease.release();
      this.#busy = false;
      if (error?.code === 'STORAGE_FAILED') this.#parts.fault(error as SmaltiError);
      if (!this.#isOver(epoch)) done(error === null ? null : refused(error as SmaltiError));
    });
    return null;
  }

  close(): void {
    this.#closed = true;
  }

  *#steps(epoch: number, anchor: Anchor, lease: SnapshotLease): Steps<void> {
    const parts = this.#parts;
    const reader = new CheckpointReader({ ...parts, store: this.#renewing(lease) }, anchor, () =>
      this.#isOver(epoch),
    );
    const loaded = yield* loadSteps(reader, anchor, parts.machine);
    let isTaken = false;
    try {
      this.#check(epoch, loaded, reader.title);
      yield* call<void>((done) => parts.store.commit(manifestOf(loaded), done));
      this.#check(epoch, loaded, reader.title);
      yield* this.#begin(epoch, loaded);
      isTaken = true;
    } finally {
      if (!isTaken) loaded.machine.release();
    }
    parts.applier.install(loaded);
    parts.installed(loaded);
    parts.applier.resume();
  }

  /** Nothing of the old log is applied while it goes, and nothing of the new one to the old state. */
  *#begin(epoch: number, { anchor, configuration, root }: Loaded): Steps<void> {
    const { applier, shell } = this.#parts;
    const wasPaused = applier.paused;
    applier.pause();
    try {
      yield* call<void>((done) => {
        const why = shell.install(epoch, anchor, configuration, root.time, (error) => done(error, undefined));
        if (why !== null) done(new SmaltiError('SYNC_REFUSED', why), undefined);
      });
    } catch (error) {
      if (!wasPaused) applier.resume();
      throw error;
    }
  }

  #check(epoch: number, { anchor, born: { genesis } }: Loaded, title: string): void {
    const { cluster } = this.#parts.born.genesis;
    const isOurs = genesis.cluster === cluster;
    const why = isOurs ? this.#refusalOfShell(epoch, anchor) : `${title} is of cluster ${genesis.cluster}`;
    if (why !== null) throw new SmaltiError('SYNC_REFUSED', why);
  }

  #refusal(epoch: number, anchor: Anchor): string | null {
    return this.#busy ? 'an install is under way already' : this.#refusalOfShell(epoch, anchor);
  }

  #refusalOfShell(epoch: number, anchor: Anchor): string | null {
    return this.#closed ? 'the group was closed' : this.#parts.shell.mayInstall(epoch, anchor);
  }

  #isOver(epoch: number): boolean {
    return this.#closed || this.#parts.shell.session?.epoch !== epoch;
  }

  /** Reading is progress: what is read is kept for as long as it goes on. */
  #renewing(lease: SnapshotLease): LoadParts['store'] {
    const { store, clock } = this.#parts;
    let renewAt = clock.now() + LEASE_MS / 4;
    return {
      get: (name, done) => {
        if (clock.now() >= renewAt) {
          renewAt = clock.now() + LEASE_MS / 4;
          lease.renew(clock.now() + LEASE_MS);
        }
        store.get(name, done);
      },
    };
  }
}

function manifestOf({ anchor, root, bytes }: Loaded): Manifest {
  return { anchor: anchor.at, root: anchor.root, format: root.format.version, bytes, agreed: true };
}

/** What is missing or damaged can be fetched again: whoever asked is told which part it is. */
function refused(error: SmaltiError): SmaltiError {
  const isOfParts = error.code === 'STORAGE_CORRUPT' || error.code === 'STORAGE_RANGE';
  if (!isOfParts) return error;
  return new SmaltiError('SYNC_REFUSED', error.message, { cause: error, details: error.details });
}
