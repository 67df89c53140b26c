import { makeLog } from '@smalti/sync-bench';
import { describe, expect, it } from 'vitest';
import { Bench } from './bench.ts';
import { checkpointAt } from './checkpoint-at.ts';

const SOURCE = makeLog(1_000, { 1: 1, 300: 2 });

describe('snapshot sync', () => {
  it('fetches the parts of the checkpoint from several peers, installs it, and fetches the entries after it', () => {
    const bench = new Bench({ source: SOURCE, checkpoints: [checkpointAt(SOURCE[499], 20_000)] });
    for (const name of ['a', 'b', 'leader']) bench.add(name);
    bench.joiner.start();
    bench.run();
    expect(bench.joiner.end).toEqual({ done: { index: 1_000, term: 2 } });
    expect(bench.joiner.installs.map(({ at }) => at.index)).toEqual([500]);
    expect(bench.joiner.log.base.index).toBe(500);
    expect(bench.joiner.committed.index).toBe(1_000);
    const { a = 0, b = 0, leader = 0 } = bench.joiner.sources();
    expect(Math.min(a, b)).toBeGreaterThan(leader);
  });
});
