import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { missingAbilities } from '../src/machine/abilities.ts';
import { NEMESES } from '../src/plan/nemesis-name.ts';
import { BRIEF } from '../src/plan/schedule.ts';
import { summary } from '../src/run/chaos-report.ts';
import { runChaos } from '../src/run/run-chaos.ts';

/** Never skipped: a machine on which this cannot be shown is told what it lacks. */
it('three real nodes: everything bad once, and every answer is right', { timeout: 300_000 }, async () => {
  expect(missingAbilities(NEMESES)).toEqual([]);
  const directory = mkdtempSync(join(tmpdir(), 'smalti-chaos-'));
  const lines: string[] = [];
  const report = await runChaos({
    seed: '7',
    nodes: 3,
    nemeses: NEMESES,
    pace: BRIEF,
    timing: { heartbeatMs: 50, electionMinMs: 300, electionMaxMs: 600 },
    load: { keys: 12, keyLifeMs: 3_000, pauseMs: [10, 60] },
    goesOn: (rounds) => rounds < NEMESES.length,
    expectedMs: 60_000,
    whole: false,
    history: join(directory, 'history.json'),
    say: (line) => lines.push(line),
  });
  console.log([...lines, summary(report)].join('\n'));
  expect(report.faults).toEqual([]);
  expect(report.nemeses).toEqual(Object.fromEntries(NEMESES.map((name) => [name, 1])));
  expect(report.judgement.operations).toBeGreaterThan(1_000);
  rmSync(directory, { recursive: true });
});
