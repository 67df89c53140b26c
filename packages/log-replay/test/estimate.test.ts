import { makeLog } from '@smalti/sync-bench';
import { describe, expect, it } from 'vitest';
import { Bench, type BenchOptions } from './bench.ts';

const SOURCE = makeLog(1_000, { 1: 1 }, 900);
const BYTES = SOURCE[500]?.frame.length ?? 0;

function estimate(options: Partial<BenchOptions>, first = 1, ms = 100) {
  const bench = new Bench({ source: SOURCE, ...options });
  bench.add('a', { first });
  const cost = bench.joiner.estimate(ms);
  expect(bench.fetches('a')).toBe(0);
  return cost;
}

describe('an estimate', () => {
  it('is what is missing, by the size of the entries that are here', () => {
    expect(estimate({ held: SOURCE.slice(0, 500) }, 1, 5)).toBeNull();
    expect(estimate({ held: SOURCE.slice(0, 500) })).toEqual({ bytes: 500 * BYTES, impossible: null });
    expect(estimate({})).toEqual({ bytes: 1_000 * 256, impossible: null });
  });

  it('says why it cannot be done', () => {
    expect(estimate({ held: SOURCE.slice(0, 500) }, 700)?.impossible).toContain(
      "entry 501 is in no peer's log",
    );
  });

  it('is none of what others lack as well, and those that had it have pruned', () => {
    const bench = new Bench({ source: SOURCE, held: SOURCE.slice(0, 500) });
    bench.add('a', { first: 700 });
    bench.add('b', { last: 500 });
    expect(bench.joiner.estimate(100)?.impossible).toContain("entry 501 is in no peer's log");
  });
});
