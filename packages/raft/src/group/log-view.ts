import type { Cursor, Entry, GroupLog, Index, LogView, StoreCallback, Term } from '@smalti/core';

/** A log, to look at. */
export function logViewOf(log: GroupLog): LogView {
  return {
    get base(): Cursor {
      return log.base;
    },
    get last(): Cursor {
      return log.last;
    },
    get available(): { readonly first: Index; readonly last: Index } | null {
      const { base, last } = log;
      return last.index > base.index ? { first: (base.index + 1) as Index, last: last.index } : null;
    },
    termAt: (index: Index): Term | undefined => log.termAt(index),
    read: (first: Index, last: Index, maxBytes: number, done: StoreCallback<readonly Entry[]>): void =>
      log.read(first, last, maxBytes, done),
  };
}
