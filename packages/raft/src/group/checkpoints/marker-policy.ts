import type { Index } from '@smalti/core';

/** When a marker is due. */
export interface MarkerRules {
  readonly everyBytes: number;
  readonly everyEntries: number;
  readonly everyMs: number;
}

/** What a leader decides by: what it has applied, and when. */
export interface MarkerView {
  /** A marker has no outcome yet. */
  readonly open: boolean;
  /** The newest marker, 0 if there was none, and group time there. */
  readonly markerIndex: Index;
  readonly markerTime: number;
  /** The newest entry that can have changed anything. */
  readonly newsAt: Index;
  /** Of the log since the newest marker. */
  readonly bytes: number;
  readonly entries: number;
  /** Somebody would like a checkpoint of this index or a later one; 0 if nobody does. */
  readonly wanted: Index;
  /** When this leader wrote a marker last, on its monotonic clock; null if it has not. */
  readonly wroteAt: number | null;
  readonly now: number;
  /** The leader's wall clock, of which group time is made. */
  readonly wallNow: number;
}

/** Markers that are wished for come this far apart at the least, in milliseconds. */
export const WISH_GAP_MS = 1_000;

/**
 * For how many milliseconds a marker is not due; 0 if it is now, and infinity if only something new can make it due.
 *
 * Wishes are met by what is written anyhow: however many there are at a time, they bring one marker, and those that come
 * while it is open one more.
 */
export function markerIn(rules: MarkerRules, view: MarkerView): number {
  const { open, markerIndex, newsAt, bytes, entries, wanted } = view;
  // After nothing but its own entries a checkpoint would be what the last one is, which whoever wishes for it has not.
  if (open || Math.max(newsAt, wanted) <= markerIndex) return Number.POSITIVE_INFINITY;
  if (newsAt <= markerIndex) return byWishIn(view);
  if (bytes >= rules.everyBytes || entries >= rules.everyEntries) return 0;
  const byTime = Math.max(0, view.markerTime + rules.everyMs - view.wallNow);
  return wanted <= markerIndex ? byTime : Math.min(byTime, byWishIn(view));
}

function byWishIn({ wroteAt, now }: MarkerView): number {
  return wroteAt === null ? 0 : Math.max(0, wroteAt + WISH_GAP_MS - now);
}
