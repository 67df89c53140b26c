import {
  type Cursor,
  type Entry,
  EntryKind,
  type HardState,
  type Index,
  NO_HARD_STATE,
  ORIGIN,
  offset,
  type Term,
  type TermStart,
} from '@smalti/core';

/** All that a log is, but the places of its entries. Never changed: every step makes a new one. */
export interface LogShape {
  readonly base: Cursor;
  readonly last: Cursor;
  readonly hardState: HardState;
  readonly terms: readonly TermStart[];
  /** First the one in force at the base, if it is known, then those after it. */
  readonly configurations: readonly Entry[];
}

/** A log that was never written. */
export const EMPTY_SHAPE: LogShape = Object.freeze({
  base: ORIGIN,
  last: ORIGIN,
  hardState: NO_HARD_STATE,
  terms: Object.freeze([]),
  configurations: Object.freeze([]),
});

/** The shape after entries that follow the last one. */
export function append(shape: LogShape, entries: readonly Entry[]): LogShape {
  const newest = entries.at(-1);
  if (newest === undefined) return shape;
  let { terms, configurations } = shape;
  let term = shape.terms.at(-1)?.term;
  for (const entry of entries) {
    if (entry.term !== term) {
      term = entry.term;
      terms = [...terms, { first: entry.index, term }];
    }
    if (isConfiguration(entry)) configurations = [...configurations, detached(entry)];
  }
  return { ...shape, last: { index: newest.index, term: newest.term }, terms, configurations };
}

/** The shape without the entries from that index on. It is above the base. */
export function truncate(shape: LogShape, from: Index): LogShape {
  if (from > shape.last.index) return shape;
  const before = offset(from, -1);
  return {
    ...shape,
    last: { index: before, term: termAt(shape, before) ?? shape.base.term },
    terms: shape.terms.filter(({ first }) => first < from),
    configurations: shape.configurations.filter(({ index }) => index < from),
  };
}

/** The shape without the entries up to that index, which is in the log. */
export function prune(shape: LogShape, through: Index): LogShape {
  if (through <= shape.base.index) return shape;
  const term = termAt(shape, through) ?? shape.last.term;
  return startAt(shape, { index: through, term }, shape.configurations);
}

/** The shape after its base was set. `keep`: what follows the cursor stays. */
export function reset(
  shape: LogShape,
  cursor: Cursor,
  keep: boolean,
  hardState: HardState,
  configuration: Entry | null,
): LogShape {
  const inForce = configuration === null ? [] : [detached(configuration)];
  if (!keep) return { base: cursor, last: cursor, hardState, terms: [], configurations: inForce };
  const later = shape.configurations.filter(({ index }) => index > cursor.index);
  const earlier =
    configuration === null ? shape.configurations.filter(({ index }) => index <= cursor.index) : inForce;
  return { ...startAt(shape, cursor, [...earlier, ...later]), hardState };
}

/** As `GroupLog.termAt`. */
export function termAt(shape: LogShape, index: Index): Term | undefined {
  if (index === 0) return 0 as Term;
  if (index === shape.base.index) return shape.base.term;
  if (index < shape.base.index || index > shape.last.index) return undefined;
  if (index === shape.last.index) return shape.last.term;
  let low = 0;
  let high = shape.terms.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((shape.terms[middle]?.first ?? 0) <= index) low = middle;
    else high = middle - 1;
  }
  return shape.terms[low]?.term;
}

/** True if the log has an entry with that index and term, or it is the base. */
export function holds(shape: LogShape, cursor: Cursor): boolean {
  const inside = cursor.index >= shape.base.index && cursor.index <= shape.last.index;
  return inside && termAt(shape, cursor.index) === cursor.term;
}

/** True if term, vote or doubt differ: what is kept twice. */
export function promisesDiffer(a: HardState, b: HardState): boolean {
  return a.term !== b.term || a.vote !== b.vote || a.doubt !== b.doubt;
}

function startAt(shape: LogShape, base: Cursor, configurations: readonly Entry[]): LogShape {
  const first = offset(base.index, 1);
  const inForce = configurations.findLastIndex(({ index }) => index <= base.index);
  const terms: TermStart[] = [];
  for (const [i, run] of shape.terms.entries()) {
    const next = shape.terms[i + 1]?.first ?? offset(shape.last.index, 1);
    if (next > first) terms.push(run.first >= first ? run : { first, term: run.term });
  }
  return { ...shape, base, terms, configurations: configurations.slice(Math.max(0, inForce)) };
}

function isConfiguration(entry: Entry): boolean {
  return entry.kind === EntryKind.genesis || entry.kind === EntryKind.configuration;
}

/** A copy that does not keep the whole batch it came in alive: a slice of a Buffer would. */
function detached(entry: Entry): Entry {
  return entry.frame.byteLength === entry.frame.buffer.byteLength
    ? entry
    : { ...entry, frame: Uint8Array.from(entry.frame) };
}
