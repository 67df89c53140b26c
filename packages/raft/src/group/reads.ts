import type { Clock, Index, SmaltiError } from '@smalti/core';
import type { CallOptions, Limits } from './api.ts';
import type { CallOrder } from './call-order.ts';
import { Credits } from './credits.ts';
import { Deadlines } from './deadlines.ts';
import { DEFAULT_TIMEOUT_MS } from './defaults.ts';
import { aborted, callError } from './errors.ts';

/** A strong read that has not been answered. */
export interface Read {
  /** Its place among the reads of its handle, and the commands of its handle before it: kept by `CallOrder`. */
  number: number;
  writesBefore: number;
  /** This node has applied all that was committed when the read was asked. */
  confirmed: boolean;
  done: boolean;
  readonly order: CallOrder;
  /** Asks the machine and tells the caller. */
  readonly answer: () => void;
  readonly fail: (error: SmaltiError) => void;
  deadline: number;
  unlisten: (() => void) | null;
}

/** So many may have ended before what holds them is swept. */
const SWEEP = 1024;

function isOpen(read: Read): boolean {
  return !read.done;
}

/** What reads need of the engine. */
export interface ReadPort {
  /** Starts a round for everything that waits, under that id. */
  ask(id: number): void;
  applied(): Index;
}

/**
 * The strong reads of this node. All that come in one turn share one question; what fails (no leader, a change of
 * leader) is asked again until its deadline: reads change nothing, so that is safe.
 */
export class Reads {
  readonly #port: ReadPort;
  readonly #credits: Credits;
  readonly #deadlines: Deadlines<Read>;
  #waiting: Read[] = [];
  readonly #asked = new Map<number, Read[]>();
  /** Confirmed at an index that is not applied yet, by index. */
  #ahead: { index: Index; reads: Read[] }[] = [];
  #sweepAt = SWEEP;
  #ids = 0;
  #open = 0;
  /** Asking is useless until something changes. */
  #held = false;

  constructor(port: ReadPort, clock: Clock, limits: Limits, credits = new Credits(clock, limits)) {
    this.#port = port;
    this.#credits = credits;
    this.#deadlines = new Deadlines(clock, (read) =>
      read.fail(callError('TIMEOUT', 'no leader confirmed the read within its deadline; ask again', 'none')),
    );
  }

  /** Those that have not been answered. */
  get size(): number {
    return this.#open;
  }

  get waiting(): boolean {
    return this.#waiting.length > 0 && !this.#held;
  }

  /**
   * Adds a read. `answer` is called once, when it may be answered, or `fail` once.
   *
   * @throws SmaltiError `OVERLOADED`, `ABORTED`.
   */
  open(order: CallOrder, options: CallOptions, answer: () => void, fail: (error: SmaltiError) => void): void {
    if (options.signal?.aborted) throw aborted('none');
    this.#credits.takeRead(order);
    const finish = (read: Read): boolean => {
      if (read.done) return false;
      read.done = true;
      this.#open -= 1;
      this.#credits.giveRead(order);
      this.#deadlines.delete(read, read.deadline);
      read.unlisten?.();
      return true;
    };
    const read: Read = {
      number: 0,
      writesBefore: 0,
      confirmed: false,
      done: false,
      order,
      answer: () => {
        if (finish(read)) answer();
      },
      fail: (error) => {
        if (!finish(read)) return;
        fail(error);
        // Those of its handle that were asked after it waited for it.
        order.run();
      },
      deadline: 0,
      unlisten: null,
    };
    this.#open += 1;
    read.deadline = this.#deadlines.add(read, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const { signal } = options;
    if (signal !== undefined) {
      const onAbort = (): void => read.fail(aborted('none'));
      signal.addEventListener('abort', onAbort);
      read.unlisten = () => signal.removeEventListener('abort', onAbort);
    }
    order.ask(read);
    // While nothing can be asked, those that have ended meanwhile must not pile up.
    if (this.#waiting.length >= 2 * this.#open + SWEEP) this.#waiting = this.#waiting.filter(isOpen);
    this.#waiting.push(read);
  }

  /** At the end of a turn: one question for all reads that wait. */
  flush(): void {
    if (!this.waiting) return;
    this.#ids += 1;
    const id = this.#ids;
    const reads = this.#waiting.filter(isOpen);
    this.#waiting = [];
    if (reads.length === 0) return;
    this.#asked.set(id, reads);
    this.#port.ask(id);
  }

  ready(id: number, index: Index): void {
    const reads = this.#asked.get(id);
    if (reads === undefined) return;
    this.#asked.delete(id);
    if (index <= this.#port.applied()) this.#confirm(reads);
    else this.#ahead.push({ index, reads });
    if (this.#ahead.length >= this.#sweepAt) {
      this.#ahead = this.#ahead.filter((batch) => batch.reads.some(isOpen));
      this.#sweepAt = 2 * this.#ahead.length + SWEEP;
    }
  }

  /** Not confirmed: it is asked again after `release`. */
  failed(id: number): void {
    const reads = this.#asked.get(id);
    if (reads === undefined) return;
    this.#asked.delete(id);
    this.#waiting = [...reads.filter(isOpen), ...this.#waiting];
    this.#held = true;
  }

  /** Something has changed (a leader, a bond, some time): what failed may be asked again. */
  release(): void {
    this.#held = false;
  }

  /** More has been applied. */
  applied(index: Index): void {
    if (this.#ahead.length === 0) return;
    const due = this.#ahead.filter((batch) => batch.index <= index);
    if (due.length === 0) return;
    this.#ahead = this.#ahead.filter((batch) => batch.index > index);
    for (const batch of due) this.#confirm(batch.reads);
  }

  failAll(make: () => SmaltiError): void {
    const all = [
      ...this.#waiting,
      ...[...this.#asked.values()].flat(),
      ...this.#ahead.flatMap((b) => b.reads),
    ];
    this.#waiting = [];
    this.#asked.clear();
    this.#ahead = [];
    for (const read of all) read.fail(make());
  }

  close(): void {
    this.#deadlines.close();
  }

  #confirm(reads: readonly Read[]): void {
    for (const read of reads) read.confirmed = true;
    for (const read of reads) if (!read.done) read.order.run();
  }
}
