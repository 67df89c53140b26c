import {
  DiskError,
  isNameOf,
  nameOfPart,
  type PartName,
  type SmaltiError,
  type StoreCallback,
} from '@smalti/core';
import { run, type Steps, Stint } from '@smalti/core/steps';
import { closed, failed, misnamed } from './errors.ts';
import { type Environment, TURN_MS } from './files/environment.ts';
import type { NamedPart, PackFiles } from './files/pack-files.ts';
import type { PartIndex } from './part-index.ts';

interface Put {
  readonly parts: ReadonlyMap<PartName, Uint8Array>;
  readonly done: StoreCallback;
  /** Why nothing of it is stored, or null. */
  refusal: SmaltiError | null;
}

interface Job {
  readonly work: () => Steps<void>;
  readonly done: StoreCallback;
}

/** Bytes of parts that are verified in one turn of the event loop, at most. */
const TURN_BYTES = 256 * 1024;

/**
 * Everything that changes the directory, one after the other. Puts that wait together are written together. After a
 * fault of the disk nothing is written any more.
 */
export class Journal {
  readonly #env: Environment;
  readonly #index: PartIndex;
  readonly #files: PackFiles;
  readonly #queue: (Put | Job)[] = [];
  #working = false;
  #fault: SmaltiError | null = null;
  #idle: (() => void)[] = [];

  constructor(env: Environment, index: PartIndex, files: PackFiles) {
    this.#env = env;
    this.#index = index;
    this.#files = files;
  }

  /** Why nothing can be changed any more, or null. */
  get fault(): SmaltiError | null {
    return this.#fault;
  }

  /** Nothing of it is stored if a name is not the hash of its bytes. */
  put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void {
    this.#submit({ parts, done, refusal: null });
  }

  /** `work` runs when what was submitted before is done, and alone. */
  submit(work: () => Steps<void>, done: StoreCallback): void {
    this.#submit({ work, done });
  }

  /** Takes nothing more, and calls back when what was submitted is done. */
  close(done: () => void): void {
    this.#fault ??= closed(this.#env.disk.location);
    if (this.#working) this.#idle.push(done);
    else this.#env.scheduler.endOfTurn(done);
  }

  #submit(job: Put | Job): void {
    const fault = this.#fault;
    if (fault !== null) {
      this.#env.scheduler.endOfTurn(() => job.done(fault));
      return;
    }
    this.#queue.push(job);
    if (this.#working) return;
    this.#working = true;
    // Later in this turn: what comes until then is written together.
    this.#env.scheduler.endOfTurn(() => this.#next());
  }

  #next(): void {
    const jobs = this.#take();
    if (jobs.length === 0) {
      this.#working = false;
      for (const idle of this.#idle.splice(0)) idle();
      return;
    }
    run(this.#work(jobs), (error) => {
      const told = error instanceof DiskError ? failed(this.#env.disk.location, error) : error;
      if (told?.code === 'STORAGE_FAILED') {
        this.#fault = told;
        jobs.push(...this.#queue.splice(0));
      }
      // They may never have waited for anything: then this is still within the call of whoever submitted.
      this.#env.scheduler.endOfTurn(() => {
        for (const job of jobs) job.done(told ?? ('parts' in job ? job.refusal : null));
        this.#next();
      });
    });
  }

  /** The next job, or the next puts, up to a batch of bytes. */
  #take(): (Put | Job)[] {
    const jobs = this.#queue.splice(0, 1);
    const [first] = jobs;
    if (first === undefined || 'work' in first) return jobs;
    let bytes = bytesOf(first);
    for (let next = this.#queue[0]; next !== undefined && 'parts' in next; next = this.#queue[0]) {
      bytes += bytesOf(next);
      if (bytes > this.#env.options.batchBytes) break;
      jobs.push(...this.#queue.splice(0, 1));
    }
    return jobs;
  }

  *#work(jobs: readonly (Put | Job)[]): Steps<void> {
    this.#index.clock += 1;
    const fresh = new Map<PartName, Uint8Array>();
    for (const job of jobs) {
      if ('work' in job) yield* job.work();
      else if (yield* this.#verify(job)) {
        for (const [name, bytes] of job.parts) if (!this.#index.touch(name)) fresh.set(name, bytes);
      }
    }
    const parts: NamedPart[] = [...fresh];
    if (parts.length > 0) yield* this.#files.write(parts);
  }

  /** False if a name is not the hash of its bytes. Hashing a batch takes milliseconds: a little in each turn. */
  *#verify(put: Put): Steps<boolean> {
    const { clock, scheduler, hasher } = this.#env;
    const stint = new Stint(clock, scheduler, { ms: TURN_MS, most: TURN_BYTES });
    for (const [name, bytes] of put.parts) {
      if (!isNameOf(name, bytes, hasher)) {
        put.refusal = misnamed(name, nameOfPart(bytes, hasher));
        return false;
      }
      if (stint.did(bytes.length)) yield* stint.rest();
    }
    return true;
  }
}

function bytesOf({ parts }: Put): number {
  let bytes = 0;
  for (const part of parts.values()) bytes += part.length;
  return bytes;
}
