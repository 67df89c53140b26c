import { describe, expect, it } from 'vitest';
import { Chaos } from './support/chaos.ts';

/** More seeds, or others, when somebody wants to look harder: SMALTI_SEEDS=from-to. */
const [from = 1, to = 60] = (process.env.SMALTI_SEEDS ?? '').split('-').filter(Boolean).map(Number);

describe('random histories', () => {
  for (const size of [3, 5]) {
    it(`keep every promise of Raft with ${size} nodes, and come back to life`, { timeout: 600_000 }, () => {
      let committed = 0;
      let reads = 0;
      let sessions = 0;
      let refusals = 0;
      for (let seed = from; seed <= to; seed++) {
        try {
          const { cluster } = new Chaos({ size, seed });
          committed += cluster.checker.committed.length;
          for (const node of cluster.nodes.values()) {
            reads += node.ready.size;
            sessions += node.fetchers.length;
            for (const fetcher of node.fetchers) refusals += fetcher.refusals.length;
          }
        } catch (error) {
          throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
        }
      }
      // That nothing went wrong means little if nothing happened.
      expect(committed).toBeGreaterThan((to - from + 1) * 20);
      expect(reads).toBeGreaterThan(to - from + 1);
      expect(sessions).toBeGreaterThan(to - from + 1);
      expect(refusals).toBeGreaterThan(to - from + 1);
    });
  }
});
