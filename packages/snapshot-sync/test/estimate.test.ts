import type { SyncCost } from '@smalti/core';
import { makeLog } from '@smalti/sync-bench';
import { describe, expect, it } from 'vitest';
import { Bench, type BenchOptions } from './bench.ts';
import { checkpointAt } from './checkpoint-at.ts';

const SOURCE = makeLog(1_000);
const CHECKPOINT = checkpointAt(SOURCE[499], 5_000);

/** What a session says after some time in which it is asked again and again. */
function estimate(options: Partial<BenchOptions>, ms = 100): { cost: SyncCost | null; bench: Bench } {
  const bench = new Bench({ source: SOURCE, checkpoints: [CHECKPOINT], ...options });
  bench.add('a');
  const cost = bench.joiner.estimate(ms);
  return { cost, bench };
}

describe('an estimate', () => {
  it('is not known before a peer has answered, and then what peers say of the checkpoint', () => {
    expect(estimate({}, 5).cost).toBeNull();
    const { cost, bench } = estimate({});
    expect(cost).toEqual({ bytes: CHECKPOINT.manifest.bytes, impossible: null });
    expect(bench.fetches('a')).toBe(0);
  });

  it('is no more than what can have changed since a checkpoint that is here', () => {
    const own = checkpointAt(SOURCE[490], 5_000);
    expect(estimate({ own: [own] }).cost?.bytes).toBe(9 * 8 * 1024);
  });

  it('says why it cannot be done', () => {
    expect(estimate({ checkpoints: [] }).cost?.impossible).toContain('no leader has announced');
    const held = SOURCE.slice(0, 600);
    expect(estimate({ held, mustInstall: false }).cost?.impossible).toContain('is here');
    expect(estimate({ held, mustInstall: true }).cost?.impossible).toBeNull();
  });
});
