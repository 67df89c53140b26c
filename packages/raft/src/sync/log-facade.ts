import type { Cursor, Entry, Index, LogView, StoreCallback, Term } from '@smalti/core';
import { MAX_READ_BYTES, MAX_READS } from './bounds.ts';
import { refused } from './errors.ts';
import type { Owner } from './owner.ts';

/** A copy: a strategy that writes into what it was given harms itself alone. */
export function copyOf({ term, index }: Cursor): Cursor {
  return { term, index };
}

/**
 * The log, to look at, for as long as its owner lives. At most 64 reads of an owner are under way; more are refused
 * with `SYNC_REFUSED`. One read gives at most 32 MiB, but for a single larger entry.
 */
export class LogFacade implements LogView {
  readonly #log: LogView;
  readonly #owner: Owner;
  #reads = 0;

  constructor(log: LogView, owner: Owner) {
    this.#log = log;
    this.#owner = owner;
    Object.freeze(this);
  }

  static {
    Object.freeze(LogFacade.prototype);
  }

  get base(): Cursor {
    this.#owner.check('log');
    return copyOf(this.#log.base);
  }

  get last(): Cursor {
    this.#owner.check('log');
    return copyOf(this.#log.last);
  }

  get available(): { readonly first: Index; readonly last: Index } | null {
    this.#owner.check('log');
    const range = this.#log.available;
    return range === null ? null : { first: range.first, last: range.last };
  }

  termAt(index: Index): Term | undefined {
    this.#owner.check('log');
    return this.#log.termAt(index);
  }

  read(first: Index, last: Index, maxBytes: number, done: StoreCallback<readonly Entry[]>): void {
    const owner = this.#owner;
    owner.use('log', () => {
      if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first < 0 || last < first) {
        throw new RangeError(`${owner.strategy}: cannot read entries ${first} to ${last}`);
      }
      if (!(maxBytes >= 0) || typeof done !== 'function') {
        throw new RangeError(`${owner.strategy}: a read needs a number of bytes and a callback`);
      }
      if (this.#reads >= MAX_READS) throw refused(owner.strategy, `${MAX_READS} reads are under way already`);
      this.#reads += 1;
      this.#log.read(first, last, Math.min(maxBytes, MAX_READ_BYTES), (error, entries) => {
        owner.post(() => {
          this.#reads -= 1;
          owner.call('the callback of read', () => done(error, entries));
        });
      });
    });
  }
}
