import { describe, expect, it } from 'vitest';
import { poisonRun } from '../../src/poison-run.ts';

describe('poison, nodes that die, and an operator who has it skipped', () => {
  it.each([1, 2, 3, 4, 5, 6])(
    'H47: what was answered holds, and all replicas are equal (seed %i)',
    async (seed) => {
      const { troubles, states, roots, skipped } = await poisonRun(seed, false);
      expect(troubles).toEqual([]);
      expect(states.size).toBe(1);
      expect(roots.size).toBe(1);
      expect(skipped).toBeGreaterThan(0);
    },
  );

  it.each([1, 2, 3, 4, 5, 6])('the same while nodes get what can apply it (seed %i)', async (seed) => {
    const { troubles, states, roots } = await poisonRun(seed, true);
    expect(troubles).toEqual([]);
    expect(states.size).toBe(1);
    expect(roots.size).toBe(1);
  });
});
