import {
  CheckpointCutter,
  type Clock,
  type Cursor,
  type CutCheckpoint,
  type PartName,
  ReusedPartMemory,
  type Scheduler,
  SmaltiError,
  type SnapshotLease,
  type SnapshotStore,
  sameCursor,
  type Timer,
} from '@smalti/core';
import { call, run, type Steps, Stint } from '@smalti/core/steps';
import type { Captured } from './captured.ts';

/** What cutting needs. */
export interface CuttingOptions {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly bytesPerSecond: number;
}

/** What cutting asks and tells. */
export interface CuttingPort {
  /** For how many milliseconds more the cutting of what was captured then is put off; 0 if it may begin. */
  holdMs(at: Cursor, since: number): number;
  /** Whether an agreed checkpoint of that marker is on disk: it stays what it is. */
  isKept(at: Cursor): boolean;
  /** Whether that root is known to be agreed on already. */
  isAgreed(at: Cursor, root: PartName): boolean;
  /** The checkpoint is whole and on disk. */
  cut(at: Cursor, root: PartName): void;
  /** Nothing comes of it, through the machine's fault or the store's. */
  gaveUp(at: Cursor, why: string): void;
  note(text: string): void;
  /** Final: the disk has failed. */
  fault(error: SmaltiError): void;
}

/** Of the cutting under way, for whoever looks. */
export interface CuttingProgress {
  readonly at: Cursor;
  /** Of the state, cut so far. */
  readonly bytes: number;
}

/** Once parts have so many bytes they are put, with those of the turn: all that is in memory of what is being cut. */
const BATCH_BYTES = 896 * 1024;
/** What is cut between two looks at the clock, and in one turn of the event loop at most. */
const STEP_BYTES = 2 * 1024;
const TURN_BYTES = 64 * 1024;
/** In a turn, if the machine's items are dear: with the step that is under way then, and with what a store does of its own. */
const TURN_MS = 2;
const LEASE_MS = 120_000;
const RENEW_MS = 10_000;
/** How often a full disk is asked again. */
const FULL_MS = 5_000;

interface Job {
  readonly captured: Captured;
  /** When it was captured. */
  readonly since: number;
  bytes: number;
  over: boolean;
  lease: SnapshotLease | null;
  renewed: number;
  timer: Timer | null;
  told: boolean;
}

/**
 * Cuts what was captured into parts on disk, a little at a time. One state is being cut, and one waits: the newest. Each is
 * released whatever becomes of it.
 */
export class Cutting {
  readonly #options: CuttingOptions;
  readonly #port: CuttingPort;
  #job: Job | null = null;
  #waiting: Job | null = null;
  #hold: Timer | null = null;
  #closed = false;

  constructor(options: CuttingOptions, port: CuttingPort) {
    this.#options = options;
    this.#port = port;
  }

  get progress(): CuttingProgress | null {
    return this.#job === null ? null : { at: this.#job.captured.at, bytes: this.#job.bytes };
  }

  /** The marker whose state waits to be cut, or null. */
  get waiting(): Cursor | null {
    return this.#waiting?.captured.at ?? null;
  }

  /** Takes what was captured, instead of what waits. Nothing is cut before the next look. */
  take(captured: Captured): void {
    if (this.#closed) {
      captured.release();
      return;
    }
    this.#waiting?.captured.release();
    const since = this.#options.clock.now();
    const rest = { bytes: 0, over: false, lease: null, renewed: since, timer: null, told: false };
    this.#waiting = { captured, since, ...rest };
  }

  /** That checkpoint is of no use any more; without a cursor none is. */
  drop(at: Cursor | null = null): void {
    for (const job of [this.#waiting, this.#job]) {
      if (job !== null && (at === null || sameCursor(job.captured.at, at))) this.#end(job);
    }
    this.look();
  }

  /** What waits may perhaps begin now. */
  look(): void {
    this.#hold?.cancel();
    this.#hold = null;
    const next = this.#waiting;
    if (next === null || this.#job !== null || this.#closed) return;
    const holdMs = this.#port.holdMs(next.captured.at, next.since);
    if (holdMs > 0) {
      this.#hold = this.#options.clock.setTimer(holdMs, () => this.look());
      return;
    }
    this.#waiting = null;
    this.#job = next;
    run(this.#work(next), (error) => {
      if (next.over) return;
      this.#end(next);
      if (error !== null) this.#failed(next, error as SmaltiError);
      this.look();
    });
  }

  close(): void {
    this.#closed = true;
    this.drop();
  }

  #end(job: Job): void {
    if (job.over) return;
    job.over = true;
    job.timer?.cancel();
    job.lease?.release();
    job.captured.release();
    if (this.#job === job) this.#job = null;
    if (this.#waiting === job) this.#waiting = null;
  }

  #failed({ captured }: Job, error: SmaltiError): void {
    if (error.code === 'STORAGE_CLOSED') return;
    if (error.code === 'STORAGE_FAILED') this.#port.fault(error);
    else this.#port.gaveUp(captured.at, error.message);
  }

  *#work(job: Job): Steps<void> {
    const { store } = this.#options;
    const { at, checkpoint } = job.captured;
    for (let again = false; !job.over; again = true) {
      const cut = yield* this.#cut(job);
      if (cut === null) return;
      const { name: root, bytes } = cut;
      const format = checkpoint.header.format.version;
      if (this.#port.isKept(at)) {
        this.#port.cut(at, root);
        return;
      }
      try {
        yield* this.#patiently(job, (done) => {
          const agreed = this.#port.isAgreed(at, root);
          store.commit({ anchor: at, root, format, bytes, agreed }, done);
        });
        if (!job.over) this.#port.cut(at, root);
        return;
      } catch (error) {
        // The lease has ended, as it does if this process was suspended: what was put may be gone.
        if (again || (error as SmaltiError).code !== 'STORAGE_RANGE') throw error;
      }
    }
  }

  /** Null if it was dropped meanwhile, or the machine's items are not what they should be. */
  *#cut(job: Job): Steps<CutCheckpoint | null> {
    const { store, clock, scheduler, bytesPerSecond } = this.#options;
    job.lease?.release();
    job.lease = store.lease(null, clock.now() + LEASE_MS);
    job.renewed = clock.now();
    job.bytes = 0;
    const memory = new ReusedPartMemory();
    const cutter = cutting(() => new CheckpointCutter({ ...job.captured.checkpoint, memory }));
    const stint = new Stint(clock, scheduler, { ms: TURN_MS, most: TURN_BYTES });
    let batch = new Map<PartName, Uint8Array>();
    let bytes = 0;
    let next = clock.now();
    while (cutter.result === null) {
      const began = clock.now();
      stint.begin();
      let done = 0;
      let step = 0;
      do {
        const before = cutter.done;
        for (const part of cutting(() => cutter.step(STEP_BYTES))) {
          batch.set(part.name, part.bytes);
          bytes += part.bytes.length;
        }
        step = cutter.done - before;
        done += step;
      } while (cutter.result === null && !stint.did(step));
      // Where it is dear, or the machine has much else to do, at least half of the time is for others.
      const workMs = clock.now() - began;
      job.bytes += done;
      if (bytes >= BATCH_BYTES || cutter.result !== null) {
        const full = batch;
        yield* this.#patiently(job, (done) => store.put(full, done));
        if (job.over) return null;
        [batch, bytes] = [new Map(), 0];
        memory.reuse();
      }
      this.#renew(job);
      next = Math.max(next, began) + (done / bytesPerSecond) * 1000;
      const pauseMs = Math.max(next - clock.now(), workMs);
      if (pauseMs >= 1) yield* this.#pause(job, pauseMs);
      else yield* stint.rest();
      if (job.over) return null;
    }
    return cutter.result;
  }

  /** A full disk is asked again until it has room, or nobody wants the checkpoint any more. */
  *#patiently(job: Job, submit: (done: (error: SmaltiError | null) => void) => void): Steps<void> {
    while (!job.over) {
      try {
        yield* call<void>((done) => submit((error) => done(error, undefined)));
        this.#renew(job);
        return;
      } catch (error) {
        if ((error as SmaltiError).code !== 'STORAGE_FULL') throw error;
        if (!job.told) this.#port.note(`no room for the checkpoint at ${job.captured.at.index}: it waits`);
        job.told = true;
        yield* this.#pause(job, FULL_MS);
        this.#renew(job);
      }
    }
  }

  *#pause(job: Job, ms: number): Steps<void> {
    yield (resume) => {
      job.timer = this.#options.clock.setTimer(ms, () => resume(null, undefined));
    };
  }

  #renew(job: Job): void {
    const now = this.#options.clock.now();
    if (job.over || now - job.renewed < RENEW_MS) return;
    job.renewed = now;
    job.lease?.renew(now + LEASE_MS);
  }
}

/** What a machine's snapshot throws, or would make the cutter throw, costs the node this checkpoint and nothing else. */
function cutting<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const text = `the captured state cannot be cut: ${(error as Error).message}`;
    throw new SmaltiError('MACHINE_FAILED', text, { cause: error });
  }
}
