import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CaseReport, reportOf, type SuiteCase, showReport, stateMachineSuite } from '../src/index.ts';
import { shelves } from './shelves.ts';

/** Runs the suite under node:test, in a process of its own. */
function underNodeTest(planted: object): Promise<{ readonly code: number; readonly output: string }> {
  const file = fileURLToPath(new URL('./under-node-test.ts', import.meta.url));
  // It must not take itself for a part of this run.
  const env = { PATH: process.env.PATH, SMALTI_PLANTED: JSON.stringify(planted) };
  return new Promise((resolve) => {
    execFile(process.execPath, ['--test', '--test-reporter=tap', file], { env }, (error, output) => {
      resolve({ code: error === null ? 0 : Number(error.code), output });
    });
  });
}

describe('under node:test', () => {
  it('a suite passes, and what was not declared is skipped', async () => {
    const { code, output } = await underNodeTest({});
    expect(code, output).toBe(0);
    expect(output).toMatch(/ok \d+ - does the same on every replica/);
    expect(output).toMatch(/ok \d+ - names deadlines .*# SKIP/);
    expect(output).toMatch(/^# fail 0$/m);
  });

  it('a suite fails, and says which case and why', async () => {
    const { code, output } = await underNodeTest({ keepsBytes: true });
    expect(code).not.toBe(0);
    expect(output).toMatch(/not ok \d+ - keeps no hold of the commands/);
    expect(output).toContain('state-machine/own-copies, seed 1');
  });
});

describe('a report', () => {
  const clock = (): { now(): number } => {
    let time = 0;
    return {
      now: () => {
        time += 7.3;
        return time;
      },
    };
  };
  const bad = (why: unknown): SuiteCase => ({
    id: 'x/bad',
    title: 'is bad',
    requires: [],
    missing: [],
    run: () => Promise.reject(why),
  });

  it('says of each case what became of it, and counts', async () => {
    const cases = stateMachineSuite(shelves({ keepsBytes: true }), { seeds: 1 });
    const seen: CaseReport[] = [];
    const { descriptor: plugin } = shelves().create();
    const report = await reportOf(cases, { plugin, clock: clock(), onCase: (each) => seen.push(each) });
    expect(report).toMatchObject({ format: 1, suite: 'state-machine', plugin, failed: 1, skipped: 4 });
    expect(report.passed).toBe(cases.length - 5);
    expect(report.cases).toEqual(seen);
    expect(report.cases.map(({ id }) => id)).toEqual(cases.map(({ id }) => id));
    expect(report.cases.find(({ outcome }) => outcome === 'failed')).toMatchObject({
      id: 'state-machine/own-copies',
      error: { name: 'ComplianceError', message: expect.stringMatching(/own-copies, seed 1: .*should be/) },
      ms: 7,
    });
    expect(report.cases.find(({ outcome }) => outcome === 'skipped')).toMatchObject({
      id: 'state-machine/deadlines',
      missing: ['time'],
      error: null,
      ms: null,
    });
  });

  it('is plain data, the same for equal runs', async () => {
    const run = () => reportOf(stateMachineSuite(shelves(), { seeds: 1 }));
    const [one, other] = [await run(), await run()];
    expect(showReport(one)).toBe(showReport(other));
    expect(JSON.parse(showReport(one))).toEqual(one);
  });

  it('takes whatever a case throws', async () => {
    const report = await reportOf([bad('a word'), bad(new TypeError('wrong')), bad(undefined)]);
    expect(report.cases.map(({ error }) => error)).toEqual([
      { name: 'Error', message: 'a word' },
      { name: 'TypeError', message: 'wrong' },
      { name: 'Error', message: 'undefined' },
    ]);
    expect(await reportOf([])).toMatchObject({ suite: '', passed: 0, cases: [] });
  });
});
