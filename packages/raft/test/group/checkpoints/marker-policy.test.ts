import type { Index } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { type MarkerView, markerIn, WISH_GAP_MS } from '../../../src/group/checkpoints/marker-policy.ts';

const RULES = { everyBytes: 4096, everyEntries: 100, everyMs: 60_000 };
const NEVER = Number.POSITIVE_INFINITY;

function view(changes: Partial<Record<keyof MarkerView, unknown>> = {}): MarkerView {
  const quiet = {
    open: false,
    markerIndex: 10 as Index,
    markerTime: 1_000_000,
    newsAt: 12 as Index,
    bytes: 100,
    entries: 2,
    wanted: 0 as Index,
    wroteAt: null,
    now: 5_000,
    wallNow: 1_020_000,
  };
  return { ...quiet, ...changes } as MarkerView;
}

describe('a marker', () => {
  it('is due after so many bytes, entries or milliseconds', () => {
    expect(markerIn(RULES, view())).toBe(40_000);
    expect(markerIn(RULES, view({ bytes: 4096 }))).toBe(0);
    expect(markerIn(RULES, view({ bytes: 4095 }))).toBe(40_000);
    expect(markerIn(RULES, view({ entries: 100 }))).toBe(0);
    expect(markerIn(RULES, view({ entries: 99 }))).toBe(40_000);
    expect(markerIn(RULES, view({ wallNow: 1_060_000 }))).toBe(0);
  });

  it('is never due while another is open, or while nothing has changed since the last one', () => {
    for (const due of [{ bytes: 9999 }, { entries: 9999 }, { wallNow: 9_999_999 }, { wanted: 12 }]) {
      expect(markerIn(RULES, view(due))).toBe(0);
      expect(markerIn(RULES, view({ ...due, open: true }))).toBe(NEVER);
      expect(markerIn(RULES, view({ ...due, newsAt: 9, wanted: 10 }))).toBe(NEVER);
    }
  });

  it('is due though nothing has changed, if another one is wished for: of the last one nothing came there', () => {
    const idle = { newsAt: 9, bytes: 9999, wallNow: 9_999_999 };
    expect(markerIn(RULES, view({ ...idle, wanted: 11 }))).toBe(0);
    expect(markerIn(RULES, view({ ...idle, wanted: 11, wroteAt: 4_900 }))).toBe(WISH_GAP_MS - 100);
    expect(markerIn(RULES, view({ ...idle, wanted: 11, open: true }))).toBe(NEVER);
  });

  it('H26: that is wished for is one for all who wish at the time, and not long after another', () => {
    expect(markerIn(RULES, view({ wanted: 11 }))).toBe(0);
    // What was written after the wish is what was wished for.
    expect(markerIn(RULES, view({ wanted: 10 }))).toBe(40_000);
    expect(markerIn(RULES, view({ wanted: 11, wroteAt: 4_900 }))).toBe(WISH_GAP_MS - 100);
    expect(markerIn(RULES, view({ wanted: 11, wroteAt: 1_000 }))).toBe(0);
  });
});
