import { describe, expect, it, vi } from 'vitest';
import { Chaos } from './support/chaos.ts';

// Tables of terms are so short that nearly every one is cut, and old ones are kept beyond the end of new ones.
vi.mock('../../src/engine/term-table.ts', async (original) => ({
  ...(await original<object>()),
  MAX_TERM_ROWS: 2,
}));

/** More seeds, or others, when somebody wants to look harder: SMALTI_SEEDS=from-to. */
const [from = 1, to = 40] = (process.env.SMALTI_SEEDS ?? '').split('-').filter(Boolean).map(Number);

describe('random histories with short tables of terms', () => {
  for (const size of [3, 5, 7]) {
    it(`are caught up with, a part at a time, with ${size} nodes`, { timeout: 600_000 }, () => {
      let cut = 0;
      for (let seed = from; seed <= to; seed++) {
        try {
          const { cluster } = new Chaos({ size, seed, rough: true, events: 200 });
          cut += cluster.sent.filter(({ message: m }) => m.type === 'catch-up' && m.through !== null).length;
        } catch (error) {
          throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
        }
      }
      expect(cut).toBeGreaterThan(to - from + 1);
    });
  }

  it('H36: reach what a checkpoint covers, where no table does', { timeout: 600_000 }, () => {
    let installs = 0;
    for (let seed = from; seed <= to; seed++) {
      try {
        const { cluster } = new Chaos({ size: 5, seed, rough: true, events: 200, checkpoints: true });
        for (const node of cluster.nodes.values())
          for (const fetcher of node.fetchers) installs += fetcher.installs;
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
    }
    expect(installs).toBeGreaterThan(to - from + 1);
  });
});
