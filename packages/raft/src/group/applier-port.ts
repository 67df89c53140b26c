import type { Cursor, Entry, Index, SessionTable, SmaltiError, Term } from '@smalti/core';

/** What the applier needs of its surroundings. */
export interface ApplierPort {
  /** Committed entries from `first` on, at most `last`, if they are in memory. */
  recent(first: Index, last: Index, maxBytes: number): readonly Entry[] | null;
  /** The same from the store. An error is final. */
  read(first: Index, last: Index, maxBytes: number, done: (entries: readonly Entry[]) => void): void;
  /** Of the entry at that index of the log; undefined where nothing is known. */
  termAt(index: Index): Term | undefined;
  /** An entry of a strategy's own kind is applied: the machine is as it was before it. */
  fed(payload: Uint8Array, at: Cursor): void;
  /** An entry was applied just now. */
  passed(entry: Entry): void;
  /** A marker, or the outcome of one, was applied just now: nothing after it has been. */
  marked(entry: Entry): void;
  /** More was applied. */
  applied(at: Cursor): void;
  /** The machine threw: nothing more is applied on this node. */
  failed(error: unknown, at: Cursor): void;
  /** Final: what is committed cannot be read, or is damaged. */
  fault(error: SmaltiError): void;
}

/** Where applying begins: a state, and the last entry in it. */
export interface AppliedState {
  readonly at: Cursor;
  readonly sessions: SessionTable;
}
