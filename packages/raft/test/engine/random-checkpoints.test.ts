import { describe, expect, it } from 'vitest';
import { Chaos } from './support/chaos.ts';

/** More seeds, or others, when somebody wants to look harder: SMALTI_SEEDS=from-to. */
const [from = 1, to = 60] = (process.env.SMALTI_SEEDS ?? '').split('-').filter(Boolean).map(Number);

describe('random histories with checkpoints', () => {
  for (const size of [3, 5]) {
    it(`H36: lose nothing by pruning, installing and repairing, with ${size} nodes`, {
      timeout: 600_000,
    }, () => {
      let installs = 0;
      let pruned = 0;
      for (let seed = from; seed <= to; seed++) {
        try {
          const { cluster } = new Chaos({ size, seed, checkpoints: true });
          for (const node of cluster.nodes.values()) {
            if (node.engine.base.index > 0) pruned += 1;
            for (const fetcher of node.fetchers) installs += fetcher.installs;
          }
        } catch (error) {
          throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
        }
      }
      expect(installs).toBeGreaterThan(to - from + 1);
      expect(pruned).toBeGreaterThan(to - from + 1);
    });
  }
});
