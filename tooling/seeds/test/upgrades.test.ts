import { describe, expect, it } from 'vitest';
import { timelineOf } from '../src/run/failure.ts';
import { draw, type PlannedFault } from '../src/run/plan.ts';
import { type Outcome, runPlan } from '../src/run/run-plan.ts';

const IDS = ['n1', 'n2', 'n3', 'n4', 'n5'];

/** A run in which each founder is started again with the new code, besides whatever else happens to it. */
function upgraded(seed: number, atOnce = false): Promise<Outcome> {
  const { settings, faults, ...plan } = draw(seed, { lengthMs: 12_000 });
  const kills = IDS.map(
    (target, i): PlannedFault => ({
      at: 500 + i * 1_500,
      fault: 'kill',
      particulars: { target },
      forMs: 300,
    }),
  );
  const all = [...faults, ...kills].sort((a, b) => a.at - b.at);
  return runPlan({ ...plan, settings: { ...settings, upgrades: { atOnce } }, faults: all });
}

describe('nodes that are upgraded one by one', () => {
  let raised = 0;
  for (let seed = 1; seed <= 8; seed++) {
    it(`violate nothing (seed ${seed})`, async () => {
      const outcome = await upgraded(seed);
      const { violation, timeline } = outcome;
      expect(violation === null ? '' : [violation.what, ...timelineOf(outcome)].join('\n')).toBe('');
      if (timeline.some(({ what }) => what.startsWith('version 2 is in force'))) raised += 1;
    });
  }

  it('come to the new version in most runs', () => {
    expect(raised).toBeGreaterThan(4);
  });

  it('are found out if they do at once what is new', async () => {
    const found: string[] = [];
    for (let seed = 1; seed <= 4; seed++) {
      const { violation } = await upgraded(seed, true);
      if (violation !== null) found.push(violation.invariant);
    }
    expect(found).toContain('checkpoints of an index are the same');
  });
});
