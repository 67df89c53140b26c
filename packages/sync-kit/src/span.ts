/** Positions that follow each other, both ends inclusive: entries of a log, items of a snapshot, parts of a file. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** How many positions it has; 0 if `last` is below `first`. */
export function lengthOf(span: Span): number {
  return Math.max(0, span.last - span.first + 1);
}

/** True if the position lies in it. */
export function holds(span: Span, position: number): boolean {
  return position >= span.first && position <= span.last;
}

/** What both have, or null. */
export function intersect(a: Span, b: Span): Span | null {
  const first = Math.max(a.first, b.first);
  const last = Math.min(a.last, b.last);
  return first <= last ? { first, last } : null;
}

/**
 * What of `whole` none of the others covers: disjoint, ascending. The others may overlap each other and reach beyond.
 */
export function holesOf(whole: Span, covered: Iterable<Span>): Span[] {
  const holes: Span[] = [];
  let first = whole.first;
  for (const span of [...covered].sort((a, b) => a.first - b.first)) {
    if (span.last < Math.max(first, span.first)) continue;
    if (span.first > whole.last) break;
    if (span.first > first) holes.push({ first, last: span.first - 1 });
    first = span.last + 1;
  }
  if (first <= whole.last) holes.push({ first, last: whole.last });
  return holes;
}
