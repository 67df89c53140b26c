/**
 * The test command of the repository: builds, checks and tests everything, goes on after a failure so that one run
 * shows all of them, and closes with the line `N passed, N failed`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { add, type Counts, countReport, summaryLine } from './report.ts';
import { reportName, testedPackages } from './tested-packages.ts';
import { root, run, turbo } from './turbo.ts';

/** Tests of real processes and real time: they run last and one at a time, so that the others do not starve them. */
const timed = ['@smalti/cluster-tests', '@smalti/chaos'];

const reports = mkdtempSync(join(tmpdir(), 'smalti-test-reports-'));
const testing = { output: 'inherit', env: { SMALTI_TEST_REPORTS: reports } } as const;
const checking = { output: 'inherit' } as const;
const task = (name: string) => ['run', name, '--continue=dependencies-successful'];

const steps: { readonly name: string; readonly run: () => { readonly status: number | null } }[] = [
  { name: 'build', run: () => turbo([...task('build'), '--output-logs=errors-only'], checking) },
  { name: 'typecheck', run: () => turbo([...task('typecheck'), '--output-logs=errors-only'], checking) },
  { name: 'lint', run: () => run('biome', ['check', '--error-on-warnings'], checking) },
];
const testSteps = [
  {
    name: 'test',
    run: () =>
      turbo(
        [...task('test'), '--output-logs=new-only', ...timed.map((name) => `--filter=!${name}`)],
        testing,
      ),
  },
  ...timed.map((name) => ({
    name: `test of ${name}`,
    run: () => turbo([...task('test'), '--output-logs=new-only', `--filter=${name}`], testing),
  })),
];

let counts: Counts = { passed: 0, failed: 0 };
const failures: string[] = [];
function fail(what: string): void {
  failures.push(what);
  counts = add(counts, { passed: 0, failed: 1 });
}

for (const step of steps) {
  console.log(`\n=== ${step.name}`);
  if (step.run().status !== 0) fail(`${step.name} failed`);
}

let testStepFailed = false;
for (const step of testSteps) {
  console.log(`\n=== ${step.name}`);
  if (step.run().status !== 0) testStepFailed = true;
}

for (const folder of testedPackages(root)) {
  const report = readReport(join(reports, reportName(folder)));
  if (report === undefined) {
    fail(`${folder} did not report on its tests`);
    continue;
  }
  const result = countReport(report);
  if (result.failed > 0) failures.push(`${folder}: ${summaryLine(result)}`);
  counts = add(counts, result);
}
rmSync(reports, { recursive: true });
if (testStepFailed && failures.length === 0) fail('the tests failed without a failed test');

console.log(`\n=== summary`);
for (const failure of failures) console.log(failure);
console.log(summaryLine(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;

function readReport(file: string) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
