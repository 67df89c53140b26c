import type { Entry, EntryKind, Framer, Index, Term } from '@smalti/core';

/**
 * An entry that the host has checked. It takes the framer to make one, and nobody can change what it says, so that a
 * strategy may keep it, cut runs of it and hand it back whoever leads by then. Its bytes are the strategy's all the same.
 */
export class VerifiedEntry implements Entry {
  readonly index: Index;
  readonly term: Term;
  readonly kind: EntryKind;
  readonly stamp: number;
  readonly frame: Uint8Array;
  /** Of which cluster: two groups of one process do not vouch for each other. */
  readonly #framer: Framer;

  constructor({ index, term, kind, stamp, frame }: Entry, framer: Framer) {
    this.index = index;
    this.term = term;
    this.kind = kind;
    this.stamp = stamp;
    this.frame = frame;
    this.#framer = framer;
    Object.freeze(this);
  }

  /** True for an entry that was made with that framer. */
  static isOf(entry: unknown, framer: Framer): boolean {
    return typeof entry === 'object' && entry !== null && #framer in entry && entry.#framer === framer;
  }
}
