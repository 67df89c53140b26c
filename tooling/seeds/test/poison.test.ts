import { describe, expect, it } from 'vitest';
import { timelineOf } from '../src/run/failure.ts';
import { draw } from '../src/run/plan.ts';
import { type Outcome, runPlan } from '../src/run/run-plan.ts';
import { idsOf, type PoisonSettings } from '../src/world/settings.ts';

const ALL = idsOf({ nodes: 5, others: 3 });

/** A run of that seed in which clients send poison, whatever else happens. */
function poisoned(seed: number, poison: PoisonSettings): Promise<Outcome> {
  const { settings, ...plan } = draw(seed, { lengthMs: 12_000 });
  const workloads = [...new Set([...plan.workloads, 'poison'])];
  return runPlan({ ...plan, workloads, settings: { ...settings, poison } });
}

function told(outcome: Outcome): string {
  return outcome.violation === null ? '' : [outcome.violation.what, ...timelineOf(outcome)].join('\n');
}

describe('commands at which machines fail', () => {
  const counts = { skipped: 0, refused: 0, failures: 0 };

  it.each([1, 2, 3, 4])('are skipped, and nothing is violated (seed %i)', async (seed) => {
    const outcome = await poisoned(seed, { nodes: ALL, mends: false });
    expect(told(outcome)).toBe('');
    counts.skipped += outcome.counts.skipped;
    counts.refused += outcome.counts.unskipped;
  });

  it.each([1, 2, 3, 4])(
    'are skipped or applied while nodes get what can apply them (seed %i)',
    async (seed) => {
      const outcome = await poisoned(seed, { nodes: ALL, mends: true });
      expect(told(outcome)).toBe('');
      counts.failures += outcome.counts.failures;
    },
  );

  it('were no idle talk', () => {
    expect(counts.skipped).toBeGreaterThan(2);
    expect(counts.refused).toBeGreaterThan(4);
    expect(counts.failures).toBeGreaterThan(8);
  });

  it.each([1, 2, 3])('are never skipped if one machine alone does (seed %i)', async (seed) => {
    const outcome = await poisoned(seed, { nodes: ['n2'], mends: seed === 2 });
    expect(told(outcome)).toBe('');
    expect(outcome.counts.skipped).toBe(0);
  });
});
