import { type CheckpointOutcome, decodeOutcome, type Entry, EntryKind, payloadOf } from '@smalti/core';

/** What a log says about checkpoints: where one is to be made, and what became of it. */
export interface Mark {
  readonly index: number;
  readonly term: number;
  /** Null for a marker. */
  readonly outcome: CheckpointOutcome | null;
}

/** The marks among some entries of a log, in their order. */
export function marksIn(entries: readonly Entry[]): Mark[] {
  return entries.flatMap((entry): Mark[] => {
    const { index, term, kind } = entry;
    if (kind === EntryKind.marker) return [{ index, term, outcome: null }];
    if (kind === EntryKind.outcome) return [{ index, term, outcome: decodeOutcome(payloadOf(entry)) }];
    return [];
  });
}

/** The marker of which these marks do not say what became of it, or null. */
export function openMarker(marks: readonly Mark[]): Mark | null {
  const at = marks.findLastIndex(({ outcome }) => outcome === null);
  const marker = marks[at];
  if (marker === undefined) return null;
  return marks.slice(at).some(({ outcome }) => outcome?.marker === marker.index) ? null : marker;
}
