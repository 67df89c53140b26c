import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { makeLog } from './source.ts';

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
});
