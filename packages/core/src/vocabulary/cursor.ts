/** A position in the replicated log. The first entry has index 1; index 0 means "before the first entry". */
export type Index = number & { readonly __brand: 'Index' };

/** A Raft term (Raft §5.1). Term 0 is the term of "no entry" and of a node that has never voted. */
export type Term = number & { readonly __brand: 'Term' };

/** The name of one entry: within a cluster, index and term together name exactly one entry (Raft §5.3). */
export interface Cursor {
  readonly term: Term;
  readonly index: Index;
}

/** The position before the first entry. */
export const ORIGIN: Cursor = Object.freeze({ term: 0 as Term, index: 0 as Index });

/**
 * Makes an index of a number.
 *
 * @throws RangeError if the value is not a safe integer of at least 0.
 */
export function toIndex(value: number): Index {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a log index: ${value}`);
  return value as Index;
}

/**
 * Makes a term of a number.
 *
 * @throws RangeError if the value is not a safe integer of at least 0.
 */
export function toTerm(value: number): Term {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a term: ${value}`);
  return value as Term;
}

/** Makes a cursor of two numbers; both are checked. */
export function cursor(term: number, index: number): Cursor {
  return { term: toTerm(term), index: toIndex(index) };
}

/** True if both name the same entry. */
export function sameCursor(a: Cursor, b: Cursor): boolean {
  return a.index === b.index && a.term === b.term;
}

/** The index `by` entries later (or earlier). The caller knows that the result is not below 0. */
export function offset(index: Index, by: number): Index {
  return (index + by) as Index;
}

/** `index (term t)`, for messages and logs. */
export function showCursor(at: Cursor): string {
  return `${at.index} (term ${at.term})`;
}
