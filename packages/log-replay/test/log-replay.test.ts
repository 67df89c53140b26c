import { makeLog } from '@smalti/sync-bench';
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';

describe('log replay', () => {
  it('fetches all that is missing from several peers at once', () => {
    const bench = new Bench({
      source: makeLog(10_000, { 1: 1, 3000: 2, 7777: 5 }),
      options: { batchEntries: 500 },
    });
    for (const name of ['a', 'b', 'leader']) bench.add(name);
    bench.joiner.start();
    bench.run();
    expect(bench.joiner.end).toEqual({ done: { index: 10_000, term: 5 } });
    expect(bench.joiner.committed.index).toBe(10_000);
  });

  it('shares a small gap among all, though one of them says first what it has', () => {
    const bench = new Bench({ source: makeLog(300), options: { batchEntries: 100 } });
    bench.add('a').extraMs = 3;
    bench.add('b').extraMs = 2;
    bench.add('leader');
    bench.joiner.start();
    bench.run();
    expect(bench.joiner.end).toMatchObject({ done: { index: 300 } });
    const { a, b, leader = 0 } = bench.joiner.sources();
    expect(a).toBeGreaterThanOrEqual(100);
    expect(b).toBeGreaterThanOrEqual(100);
    expect(leader).toBeLessThanOrEqual(100);
  });

  it('waits two heartbeats at most for those who do not say what they have', () => {
    const bench = new Bench({ source: makeLog(300), options: { batchEntries: 100 } });
    bench.add('a').paused = true;
    bench.add('leader');
    bench.joiner.start();
    bench.run();
    expect(bench.joiner.end).toMatchObject({ done: { index: 300 } });
    expect(bench.joiner.sources()).toEqual({ leader: 300 });
    expect(bench.sim.now).toBeLessThan(200);
  });
});
