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
const timed = [
  { name: '@smalti/cluster-tests', folder: 'tooling/cluster-tests', others: true },
  { name: '@smalti/chaos', folder: 'tooling/chaos', others: false },
] as const;

const reports = mkdtempSync(join(tmpdir(), 'smalti-test-reports-'));
const checking = { output: 'inherit' } as const;
const task = (name: string) => ['run', name, '--continue=dependencies-successful'];

const steps: { readonly name: string; readonly run: () => { readonly status: number | null } }[] = [
  { name: 'build', run: () => turbo([...task('build'), '--output-logs=errors-only'], checking) },
  { name: 'typecheck', run: () => turbo([...task('typecheck'), '--output-logs=errors-only'], checking) },
  { name: 'lint', run: () => run('biome', ['check', '--error-on-warnings'], checking) },
];
/** Which packages are tested in a step, and which of their tests: see the Vitest settings of the house. */
interface TestStep {
  readonly name: string;
  readonly filters: readonly string[];
  readonly which: 'others' | 'processes' | 'all';
  /** The folders of the packages, relative to the root. */
  readonly folders: readonly string[];
}

const apart = timed.filter(({ others }) => !others);
const testSteps: readonly TestStep[] = [
  {
    name: 'test',
    filters: apart.map(({ name }) => `!${name}`),
    which: 'others',
    folders: testedPackages(root).filter((folder) => !apart.some((each) => each.folder === folder)),
  },
  ...timed.map(
    ({ name, folder, others }): TestStep => ({
      name: `test of ${name}`,
      filters: [name],
      which: others ? 'processes' : 'all',
      folders: [folder],
    }),
  ),
];
const reportsOf = ({ which }: TestStep) => join(reports, which);

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
  const filters = step.filters.map((filter) => `--filter=${filter}`);
  const env = { SMALTI_TEST_REPORTS: reportsOf(step), SMALTI_TESTS: step.which };
  const result = turbo([...task('test'), '--output-logs=new-only', ...filters], { output: 'inherit', env });
  if (result.status !== 0) testStepFailed = true;
}

for (const step of testSteps) {
  for (const folder of step.folders) {
    const report = readReport(join(reportsOf(step), reportName(folder)));
    if (report === undefined) {
      fail(`${folder} did not report on its tests`);
      continue;
    }
    const result = countReport(report);
    if (result.failed > 0) failures.push(`${folder}: ${summaryLine(result)}`);
    counts = add(counts, result);
  }
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
