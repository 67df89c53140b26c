import { describe, expect, it } from 'vitest';
import { FAULTS } from '../src/faults/catalogue.ts';
import { timelineOf } from '../src/run/failure.ts';
import { draw, type Plan } from '../src/run/plan.ts';
import { type Outcome, runPlan } from '../src/run/run-plan.ts';
import { Totals } from '../src/run/totals.ts';

const SEEDS = 16;

function told(outcome: Outcome): string {
  return outcome.violation === null ? '' : [outcome.violation.what, ...timelineOf(outcome)].join('\n');
}

describe('whatever goes wrong, nothing is violated', () => {
  const totals = new Totals();
  for (let seed = 1; seed <= SEEDS; seed++) {
    it(`seed ${seed}`, async () => {
      const outcome = await runPlan(draw(seed));
      expect(told(outcome)).toBe('');
      totals.add(outcome);
    });
  }

  it('was no idle talk', () => {
    const { calls, virtualMs, elections, sessions, truncations, crashes } = totals.counts;
    expect((calls * 1000) / virtualMs).toBeGreaterThan(200);
    for (const count of [elections, sessions, truncations, crashes]) expect(count).toBeGreaterThan(SEEDS / 4);
    const { agreed, installs, restarts, pruned } = totals.counts;
    for (const count of [agreed, installs, restarts]) expect(count).toBeGreaterThan(SEEDS);
    expect(pruned).toBeGreaterThan(100 * SEEDS);
  });
});

describe('each fault by itself', () => {
  it.each(FAULTS.map(({ name }) => name))('%s happens, and nothing is violated', async (name) => {
    const plan = draw(`only ${name}`, { lengthMs: 12_000 });
    const some = plansWith(name);
    const outcome = await runPlan({ ...plan, faults: some });
    expect(told(outcome)).toBe('');
    expect(outcome.counts.faults[name]).toBeGreaterThan(0);
  });
});

/** The fault, every second. */
function plansWith(name: string): Plan['faults'] {
  const found: Plan['faults'][number][] = [];
  for (let seed = 0; found.length < 10; seed++) {
    const fault = draw(`${name} ${seed}`).faults.find((each) => each.fault === name);
    if (fault !== undefined)
      found.push({ ...fault, at: 500 + found.length * 1_000, forMs: Math.min(fault.forMs, 900) });
  }
  return found;
}
