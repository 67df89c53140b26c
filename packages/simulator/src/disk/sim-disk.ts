import {
  type Disk,
  type DiskCallback,
  DiskError,
  type DiskFile,
  type DiskLock,
  invariant,
  type OpenMode,
} from '@smalti/core';
import { SimRandom } from '../chance/sim-random.ts';
import type { Scheduled } from '../time/simulation.ts';
import { type CrashChoice, chooser } from './crash-choice.ts';
import { DiskFaults, type PlannedFault } from './disk-faults.ts';
import type { DiskOperation, DiskOperationKind, DiskStage } from './disk-operation.ts';
import { Namespace } from './namespace.ts';
import { ProcessDisk } from './process-disk.ts';
import type { SectorFile } from './sector-file.ts';

/** What a disk needs of the world: a `Simulation`. */
export interface DiskHost {
  schedule(delayMs: number, label: string, run: () => void): Scheduled;
}

/** Who uses a disk: a `SimProcess`. Completions happen in it; once it is dead it has no effect any more. */
export interface DiskUser {
  readonly alive: boolean;
  post(delayMs: number, label: string, run: () => void): Scheduled;
  /** As `post`, within the event under way. */
  run(label: string, work: () => void): void;
}

/** What a disk is made with. All but `name` and `random` can be changed later. */
export interface SimDiskOptions {
  /** For messages and traces. Default `disk:`. */
  readonly name?: string;
  /** Chance for latencies, and for what of a failed write remains. */
  readonly random?: SimRandom;
  /** Milliseconds that an operation takes. Default: 0.1 to 1 for a sync, 0.01 to 0.1 for all else, by chance. */
  readonly latency?: (operation: DiskOperation) => number;
  /** Bytes of blocks. Default: no bound. */
  readonly capacity?: number;
  /** Syncs succeed at once and make nothing durable: a planted lie, for tests of tests. Default false. */
  readonly ignoreSync?: boolean;
  /** The same for syncs of folders. Default false. */
  readonly ignoreDirectorySync?: boolean;
}

interface Pending {
  readonly user: DiskUser;
  readonly operation: DiskOperation;
  /** What it does to the cache if it happens; null if it does nothing there. */
  readonly effect: (() => void) | null;
}

/** What is submitted: an effect on the cache that gives a value, and what follows before the caller is told. */
export interface Submission<T> {
  readonly kind: DiskOperationKind;
  readonly path: string;
  readonly offset?: number;
  readonly length?: number;
  /** True if the operation changes the cache when it is applied. */
  readonly changes?: boolean;
  readonly effect: () => T;
  /** Called instead of `effect` when a planned fault strikes. */
  readonly failed?: () => void;
}

/**
 * A disk with an exact model of what a crash leaves. Writes go to a cache at the moment they complete; a sync makes
 * durable what had completed when it was submitted, and nothing else; names are durable after a sync of their
 * folder. A loss of power keeps or drops, as its {@link CrashChoice} says, each unsynced 512-byte sector, each
 * unsynced length and name, and each operation under way.
 *
 * As a `Disk` it serves a process of its own that dies with `crash`. A node's code uses `node.ports.disk` instead,
 * which belongs to the node's process.
 */
export class SimDisk implements Disk {
  readonly location: string;
  latency: (operation: DiskOperation) => number;
  capacity: number;
  ignoreSync: boolean;
  ignoreDirectorySync: boolean;
  readonly #host: DiskHost;
  readonly #random: SimRandom;
  readonly #faults = new DiskFaults();
  readonly #pending = new Set<Pending>();
  readonly #listeners = new Set<(operation: DiskOperation, stage: DiskStage) => void>();
  readonly #locks = new Map<string, DiskUser>();
  readonly #open = new Map<SectorFile, Set<DiskUser>>();
  #names = new Namespace();
  #operations = 0;
  #hanging: (() => void)[] | null = null;
  #misdirected = 0;
  #user: DiskUser & { alive: boolean };
  #own: ProcessDisk;

  constructor(host: DiskHost, options: SimDiskOptions = {}) {
    this.#host = host;
    this.location = options.name ?? 'disk:';
    this.#random = options.random ?? new SimRandom(this.location);
    const random = this.#random;
    this.latency =
      options.latency ??
      (({ kind }) =>
        kind === 'sync' || kind === 'syncDirectory' ? random.between(0.1, 1) : random.between(0.01, 0.1));
    this.capacity = options.capacity ?? Number.POSITIVE_INFINITY;
    this.ignoreSync = options.ignoreSync ?? false;
    this.ignoreDirectorySync = options.ignoreDirectorySync ?? false;
    this.#user = this.#newUser();
    this.#own = new ProcessDisk(this, this.#user);
  }

  /** How many operations were submitted so far. */
  get operations(): number {
    return this.#operations;
  }

  /** How many operations are under way. */
  get underWay(): number {
    return this.#pending.size;
  }

  /** Bytes of blocks in use, those of unlinked files that are still open included. */
  get used(): number {
    let used = 0;
    for (const file of new Set([...this.#names.files().values(), ...this.#open.keys()]))
      used += file.occupied;
    return used;
  }

  /** The port for one process: with it die its handles and locks. */
  forProcess(process: DiskUser): Disk {
    return new ProcessDisk(this, process);
  }

  /**
   * Calls back at every boundary of an effect: before an operation, and after it before its caller is told. The
   * listener may crash the node (or, where no node is, this disk); the operation that was just `submitted` then
   * counts as under way.
   */
  onOperation(listener: (operation: DiskOperation, stage: DiskStage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Lets a coming operation fail. A failed sync leaves what it covered in doubt for good. */
  fail(fault: PlannedFault): void {
    this.#faults.plan(fault);
  }

  /** Failures that were planned and have not all happened. */
  get plannedFaults(): number {
    return this.#faults.left;
  }

  /** Forgets the failures that were planned. */
  clearFaults(): void {
    this.#faults.clear();
  }

  /** From now on no sync completes, until `releaseSyncs`. */
  hangSyncs(): void {
    this.#hanging ??= [];
  }

  /** Completes the syncs that hang, in order, and lets later ones through. */
  releaseSyncs(): void {
    const hanging = this.#hanging ?? [];
    this.#hanging = null;
    for (const complete of hanging) this.#host.schedule(0, `${this.location} released sync`, complete);
  }

  /** A loss of power. Every handle and lock is gone; operations under way never complete. */
  crash(choice: CrashChoice): void {
    const choose = chooser(choice);
    for (const { operation, effect } of this.#takePending(() => true)) {
      if (effect !== null && choose({ kind: 'pending', path: operation.path }, 2) === 1) attempt(effect);
    }
    this.#names.crash(choose);
    this.#locks.clear();
    this.#open.clear();
    this.#user.alive = false;
    this.#user = this.#newUser();
    this.#own = new ProcessDisk(this, this.#user);
  }

  /**
   * The end of a process without a loss of power: its handles and locks are gone, the cache stays. What it had under
   * way happens or not, by chance.
   */
  kill(process: DiskUser): void {
    for (const { effect } of this.#takePending(({ user }) => user === process)) {
      if (effect !== null && this.#random.chance(0.5)) attempt(effect);
    }
    for (const [path, holder] of this.#locks) if (holder === process) this.#locks.delete(path);
    for (const [file, users] of this.#open)
      if (users.delete(process) && users.size === 0) this.#open.delete(file);
  }

  /** An empty disk in the place of this one. No process may have it in use. */
  format(): void {
    invariant(this.#pending.size === 0 && this.#locks.size === 0, `${this.location} is in use`);
    this.#names = new Namespace();
    this.#open.clear();
    this.#misdirected = 0;
  }

  /**
   * The next write goes so many bytes further (or, negative, back), within its file, and is said to have gone where it
   * was to go.
   */
  misdirect(byBytes: number): void {
    this.#misdirected = byBytes;
  }

  /** Flips bits of one byte of a file, in the cache and on the disk. @throws DiskError `missing`. */
  corrupt(path: string, offset: number, xor = 1): void {
    this.#names.file(path).corrupt(offset, xor);
  }

  /** What a process would read now. @throws DiskError `missing`. */
  contents(path: string): Uint8Array {
    const file = this.#names.file(path);
    return file.read(0, file.length);
  }

  /** Paths of all files, sorted. */
  paths(): readonly string[] {
    return [...this.#names.files().keys()];
  }

  /**
   * The same state, unsynced changes included, on a disk of its own, which no process uses. What is under way here
   * is, there, as if it had not been submitted.
   */
  clone(host: DiskHost = this.#host, options: SimDiskOptions = {}): SimDisk {
    const copy = new SimDisk(host, {
      name: this.location,
      latency: this.latency,
      capacity: this.capacity,
      ...options,
    });
    copy.#names = this.#names.clone();
    return copy;
  }

  open(path: string, mode: OpenMode, done: DiskCallback<DiskFile>): void {
    this.#own.open(path, mode, done);
  }

  makeDirectory(path: string, done: DiskCallback): void {
    this.#own.makeDirectory(path, done);
  }

  list(path: string, done: DiskCallback<readonly string[]>): void {
    this.#own.list(path, done);
  }

  rename(from: string, to: string, done: DiskCallback): void {
    this.#own.rename(from, to, done);
  }

  unlink(path: string, done: DiskCallback): void {
    this.#own.unlink(path, done);
  }

  syncDirectory(path: string, done: DiskCallback): void {
    this.#own.syncDirectory(path, done);
  }

  lock(path: string, done: DiskCallback<DiskLock>): void {
    this.#own.lock(path, done);
  }

  // What follows is for `ProcessDisk` and `SimFile`.

  /** @internal */
  get names(): Namespace {
    return this.#names;
  }

  /** @internal */
  get locks(): Map<string, DiskUser> {
    return this.#locks;
  }

  /** @internal Counts a user of a file, so that an unlinked one keeps its blocks while it is open. */
  opened(file: SectorFile, user: DiskUser): void {
    const users = this.#open.get(file);
    if (users === undefined) this.#open.set(file, new Set([user]));
    else users.add(user);
  }

  /** @internal */
  closed(file: SectorFile, user: DiskUser): void {
    const users = this.#open.get(file);
    if (users?.delete(user) && users.size === 0) this.#open.delete(file);
  }

  /** @internal Where a write goes that was to go to `offset`. */
  placeOf(offset: number): number {
    const place = Math.max(0, offset + this.#misdirected);
    this.#misdirected = 0;
    return place;
  }

  /** @internal True by chance, for each sector of a write that fails halfway. */
  readonly keepsSector = (): boolean => this.#random.chance(0.5);

  /** @internal @throws DiskError `full` if the file cannot get that many more bytes of blocks. */
  reserve(path: string, bytes: number): void {
    if (bytes === 0 || bytes + this.used <= this.capacity) return;
    throw new DiskError(
      'full',
      path,
      `no space for ${bytes} bytes of ${path}: ${this.used} of ${this.capacity} used`,
    );
  }

  /** @internal Submits an operation. `done` is called in the user's process, unless that dies before. */
  submit<T>(user: DiskUser, submission: Submission<T>, done: DiskCallback<T>): void {
    if (!user.alive) return;
    const { kind, path, offset = 0, length = 0 } = submission;
    const operation: DiskOperation = { sequence: ++this.#operations, kind, path, offset, length };
    const pending: Pending = { user, operation, effect: submission.changes ? submission.effect : null };
    this.#pending.add(pending);
    this.#tell(operation, 'submitted');
    if (!this.#pending.has(pending)) return;
    const label = `${this.location} ${kind} ${path} ${offset} ${length}`;
    const apply = (): void => {
      if (this.#hanging !== null && kind === 'sync') this.#hanging.push(apply);
      else if (this.#pending.delete(pending)) this.#apply(user, operation, submission, done);
    };
    this.#host.schedule(this.latency(operation), label, apply);
  }

  #apply<T>(
    user: DiskUser,
    operation: DiskOperation,
    submission: Submission<T>,
    done: DiskCallback<T>,
  ): void {
    let error = this.#faults.take(operation);
    let value: T | undefined;
    if (error !== null) {
      submission.failed?.();
    } else {
      try {
        value = submission.effect();
      } catch (caught) {
        if (!(caught instanceof DiskError)) throw caught;
        error = caught;
      }
    }
    this.#tell(operation, 'applied');
    user.run(`${operation.kind} done`, () => done(error, value as T));
  }

  #tell(operation: DiskOperation, stage: DiskStage): void {
    for (const listener of [...this.#listeners]) listener(operation, stage);
  }

  #takePending(which: (pending: Pending) => boolean): Pending[] {
    const taken = [...this.#pending].filter(which);
    for (const pending of taken) this.#pending.delete(pending);
    return taken;
  }

  #newUser(): DiskUser & { alive: boolean } {
    const host = this.#host;
    const user = {
      alive: true,
      post: (delayMs: number, label: string, run: () => void): Scheduled =>
        host.schedule(delayMs, `${this.location} ${label}`, () => {
          if (user.alive) run();
        }),
      run: (_label: string, work: () => void): void => {
        if (user.alive) work();
      },
    };
    return user;
  }
}

/** An operation that was under way may fail as well as it may be lost. */
function attempt(effect: () => void): void {
  try {
    effect();
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
  }
}
