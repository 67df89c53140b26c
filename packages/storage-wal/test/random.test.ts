import { describe, expect, it } from 'vitest';
import { RandomHistory } from './random-history.ts';

describe('a random history', () => {
  it('with full disks, kills, losses of power and interrupted starts never differs from the model (H5, H38, H45)', () => {
    const counts: Record<string, number> = {};
    for (let seed = 1; seed <= 25; seed++) {
      const history = new RandomHistory(seed, { groups: 1 + (seed % 3), rounds: 50 });
      try {
        history.run();
      } catch (error) {
        throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
      }
      for (const [what, count] of Object.entries(history.counts)) counts[what] = (counts[what] ?? 0) + count;
    }
    // What it is about does happen.
    for (const what of ['refused', 'failed write', 'close', 'interrupted start', 'reset', 'prune'])
      expect(counts[what], what).toBeGreaterThan(20);
  });

  it('of many groups, whose hard states do not fit in one sector, never differs either (H5)', () => {
    for (let seed = 1; seed <= 6; seed++) new RandomHistory(`many ${seed}`, { groups: 14, rounds: 40 }).run();
  });
});
