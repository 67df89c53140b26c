import {
  type Anchor,
  type Cursor,
  cursor,
  type Entry,
  EntryKind,
  Framer,
  type Index,
  type LogView,
  ORIGIN,
  SmaltiError,
  type StoreCallback,
  type Term,
  toClusterId,
} from '@smalti/core';
import { simHasher } from '@smalti/simulator';
import type { SessionDoor } from '../../../src/sync/port.ts';

export const framer = new Framer(toClusterId('c'.repeat(32)), simHasher);
export const foreignFramer = new Framer(toClusterId('e'.repeat(32)), simHasher);

/** Entries `first`, `first + 1`, … of these terms. */
export function entriesOf(first: number, terms: readonly number[], by: Framer = framer): Entry[] {
  return terms.flatMap((term, i) =>
    by.seal(
      [{ kind: EntryKind.empty, payload: new Uint8Array(0) }],
      (first + i) as Index,
      term as Term,
      1_000,
    ),
  );
}

/** A log in memory whose reads are answered when the test says so. */
export class FakeLog implements LogView {
  readonly base = ORIGIN;
  entries: Entry[];
  readonly reads: (() => void)[] = [];

  constructor(terms: readonly number[]) {
    this.entries = entriesOf(1, terms);
  }

  get last(): Cursor {
    const last = this.entries.at(-1);
    return last === undefined ? ORIGIN : cursor(last.term, last.index);
  }

  get available(): { readonly first: Index; readonly last: Index } | null {
    return this.entries.length === 0 ? null : { first: 1 as Index, last: this.last.index };
  }

  termAt(index: Index): Term | undefined {
    return index === 0 ? (0 as Term) : this.entries[index - 1]?.term;
  }

  read(first: Index, last: Index, _maxBytes: number, done: StoreCallback<readonly Entry[]>): void {
    this.reads.push(() => done(null, this.entries.slice(first - 1, last)));
  }
}

/** An engine's door that does what it promises, and no more; the disk answers when the test says so. */
export class FakeDoor implements SessionDoor {
  readonly epoch: number;
  readonly log: FakeLog;
  position: Cursor;
  ceiling: Index;
  verified: Cursor;
  durable: Cursor;
  /** The terms of all that is committed, from index 1. */
  readonly terms: readonly number[];
  over = false;
  anchor: Anchor | null = null;
  mustInstall = false;
  keptBytes = 0;
  /** Installs that are under way. */
  readonly installs: { readonly anchor: Anchor; readonly done: (error: SmaltiError | null) => void }[] = [];
  readonly commits: Cursor[] = [];
  readonly appended: Entry[] = [];
  readonly #writes: { readonly end: Cursor; readonly done: (error: SmaltiError | null) => void }[] = [];

  constructor(epoch: number, log: FakeLog, terms: readonly number[], position: number) {
    this.epoch = epoch;
    this.log = log;
    this.terms = terms;
    this.position = cursor(terms[position - 1] ?? 0, position);
    this.ceiling = terms.length as Index;
    this.verified = log.last;
    this.durable = log.last;
  }

  termAt(index: Index): Term | undefined {
    return index <= this.ceiling ? (this.terms[index - 1] as Term | undefined) : undefined;
  }

  append(entries: readonly Entry[], done: (error: SmaltiError | null) => void): string | null {
    if (this.over) return `session ${this.epoch} is over`;
    const [first] = entries;
    if (first?.index !== this.verified.index + 1)
      return `${first?.index} does not follow ${this.verified.index}`;
    this.appended.push(...entries);
    this.log.entries.push(...entries);
    this.verified = this.log.last;
    this.#writes.push({ end: this.verified, done });
    return null;
  }

  install(anchor: Anchor, done: (error: SmaltiError | null) => void): string | null {
    if (this.over) return `session ${this.epoch} is over`;
    if (anchor.root !== this.anchor?.root) return `no leader has announced ${anchor.root}`;
    this.installs.push({ anchor, done });
    return null;
  }

  /** The oldest install ends. */
  installed(error: SmaltiError | null = null): void {
    const install = this.installs.shift();
    if (install === undefined) throw new Error('nothing is being installed');
    if (error === null) {
      this.verified = install.anchor.at;
      this.durable = install.anchor.at;
    }
    install.done(error);
  }

  /** The oldest write ends. */
  written(error: SmaltiError | null = null): void {
    const write = this.#writes.shift();
    if (write === undefined) throw new Error('nothing is being written');
    if (error === null) this.durable = write.end;
    write.done(error);
  }

  get writing(): number {
    return this.#writes.length;
  }

  setCommitted(at: Cursor): string | null {
    if (this.over) return `session ${this.epoch} is over`;
    if (at.index > this.durable.index) return `${at.index} is not durable`;
    this.commits.push(at);
    return null;
  }

  finish(at: Cursor): string | null {
    if (this.over) return `session ${this.epoch} is over`;
    if (at.index !== this.durable.index || at.term !== this.durable.term) {
      return `the log ends at ${this.durable.index}`;
    }
    if (at.index < this.position.index) return `${this.position.index} has to be reached`;
    this.over = true;
    return null;
  }
}

export function diskFull(): SmaltiError {
  return new SmaltiError('STORAGE_FULL', 'no room', { retryable: true });
}
