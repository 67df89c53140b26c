import { expect, it } from 'vitest';
import type { WatchMaker } from '../src/observe/watch.ts';
import { failureLines } from '../src/run/failure.ts';
import { draw, type Plan } from '../src/run/plan.ts';
import { type Outcome, runPlan } from '../src/run/run-plan.ts';
import { shrinkPlan } from '../src/run/shrink-plan.ts';

/** Does not hold as soon as a process ends for the second time. */
const nobodyEndsTwice: WatchMaker = (truth) => {
  const ended = new Map<string, number>();
  return {
    name: 'nobody ends twice',
    ended: (node) => {
      ended.set(node, (ended.get(node) ?? 0) + 1);
      if (ended.get(node) === 2) truth.violate('nobody ends twice', `${node} ended a second time`);
    },
  };
};

const run = (plan: Plan): Promise<Outcome> => runPlan(plan, [nobodyEndsTwice]);

it('leaves of the faults of a failure those without which it passes, and tells how to see it again', async () => {
  const failed = await run(draw(1));
  expect(failed.violation?.invariant).toBe('nobody ends twice');
  const { outcome, shrunk } = await shrinkPlan(failed, { run });
  expect(shrunk.minimal).toBe(true);
  expect(shrunk.items.length).toBeLessThan(failed.plan.faults.length);
  expect(outcome.violation?.invariant).toBe('nobody ends twice');
  for (const left of shrunk.items) {
    const others = shrunk.items.filter((item) => item !== left);
    expect((await run({ ...failed.plan, faults: others })).violation).toBeNull();
  }
  // A plan is plain data: what is printed gives the same run.
  const again = await run(JSON.parse(JSON.stringify(outcome.plan)) as Plan);
  expect(again.digest).toBe(outcome.digest);

  const lines = failureLines(outcome, 'abc1234').join('\n');
  for (const told of ['seed 1 of commit abc1234', 'nobody ends twice', '--seed 1 --trace', 'is down']) {
    expect(lines).toContain(told);
  }
});

it('does not shrink what does not fail', async () => {
  const outcome = await runPlan(draw(1, { lengthMs: 500 }));
  await expect(shrinkPlan(outcome)).rejects.toThrow('does not fail');
});
