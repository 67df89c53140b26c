import {
  type Cursor,
  type Entry,
  type GroupId,
  type GroupLog,
  type HardState,
  type Index,
  type LogState,
  type LogWrite,
  SmaltiError,
  type StoreCallback,
  type Term,
  type TermStart,
} from '@smalti/core';

/** What a log needs of its store. */
export interface LogHost {
  /** Lets a change complete, in order, in a later turn. */
  submit(owner: object, keep: () => SmaltiError | null, done: StoreCallback): void;
  /** Calls back in a later turn. */
  answer(work: () => void): void;
  /** The error of a store that failed or was closed, or null. */
  fault(): SmaltiError | null;
  /** `STORAGE_FULL` if so many more bytes find no room, or null. */
  lacking(bytes: number): SmaltiError | null;
  closed(log: MemoryLog): void;
}

/** The log of one group. */
export class MemoryLog implements GroupLog {
  readonly group: GroupId;
  readonly #host: LogHost;
  /** What completed: it outlives the store. */
  readonly #kept: LogState;
  /** What was submitted. */
  #visible: LogState;
  #closed = false;

  constructor(group: GroupId, kept: LogState, host: LogHost) {
    this.group = group;
    this.#host = host;
    this.#kept = kept;
    this.#visible = kept.clone();
  }

  get hardState(): HardState {
    return this.#visible.hardState;
  }

  get base(): Cursor {
    return this.#visible.base;
  }

  get last(): Cursor {
    return this.#visible.last;
  }

  get terms(): readonly TermStart[] {
    return this.#visible.terms;
  }

  get configurations(): readonly Entry[] {
    return this.#visible.configurations;
  }

  get bytes(): number {
    return this.#visible.bytes;
  }

  termAt(index: Index): Term | undefined {
    return this.#visible.termAt(index);
  }

  write(write: LogWrite, done: StoreCallback): void {
    if (this.#refuse(done)) return;
    this.#visible.check(write);
    // The caller's list is the caller's; what was submitted is what lasts.
    const entries = [...(write.entries ?? [])];
    const change: LogWrite = { ...write, entries };
    const bytes = entries.reduce((sum, { frame }) => sum + frame.length, 0);
    this.#submit((state) => state.write(change), bytes, done);
  }

  read(first: Index, last: Index, maxBytes: number, done: StoreCallback<readonly Entry[]>): void {
    if (this.#refuse(done)) return;
    const entries = this.#visible.read(first, last, maxBytes);
    this.#host.answer(() => done(null, entries));
  }

  prunePrefix(through: Index, done: StoreCallback): void {
    if (this.#refuse(done)) return;
    const { last } = this.#visible;
    if (through > last.index) {
      const message = `cannot prune ${this.group} through ${through}: the log ends at ${last.index}`;
      this.#host.answer(() => done(new SmaltiError('STORAGE_RANGE', message)));
      return;
    }
    this.#submit((state) => state.prune(through), 0, done);
  }

  resetTo(cursor: Cursor, hardState: HardState, configuration: Entry | null, done: StoreCallback): void {
    if (this.#refuse(done)) return;
    this.#submit((state) => state.reset(cursor, hardState, configuration), 0, done);
  }

  probe(bytes: number, done: StoreCallback): void {
    if (this.#refuse(done)) return;
    const error = this.#host.lacking(bytes);
    this.#host.answer(() => done(error));
  }

  close(done: StoreCallback): void {
    if (this.#refuse(done)) return;
    this.#closed = true;
    const keep = (): null => {
      this.#host.closed(this);
      return null;
    };
    // Of an owner of its own: a full store refuses writes, and closes all the same.
    this.#host.submit({}, keep, done);
  }

  /** What the store calls when it refused what had not completed: the getters are back at what had. */
  rollBack(): void {
    this.#visible = this.#kept.clone();
  }

  #submit(change: (state: LogState) => void, bytes: number, done: StoreCallback): void {
    change(this.#visible);
    const keep = (): SmaltiError | null => {
      const full = bytes > 0 ? this.#host.lacking(bytes) : null;
      if (full === null) change(this.#kept);
      return full;
    };
    this.#host.submit(this, keep, done);
  }

  #refuse<T>(done: StoreCallback<T>): boolean {
    const closed = this.#closed
      ? new SmaltiError('STORAGE_CLOSED', `the log of ${this.group} is closed`)
      : null;
    const error = this.#host.fault() ?? closed;
    if (error !== null) this.#host.answer(() => done(error, undefined as T));
    return error !== null;
  }
}
