import { join, relative } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

/** Where the root test command collects a JSON report from every package; unset when one package is tested alone. */
const reports = process.env.SMALTI_TEST_REPORTS;
const root = join(import.meta.dirname, '..', '..', '..');
const reportName = `${relative(root, process.cwd()).replaceAll(/[\\/]/g, '-')}.json`;

/**
 * Tests of real processes want the machine for themselves: the root test command runs `processes` after all `others`.
 * Unset when one package is tested alone: both.
 */
const which = process.env.SMALTI_TESTS;
const processes = 'test/processes/**/*.test.ts';

export default defineConfig({
  test: {
    include: [which === 'processes' ? processes : 'test/**/*.test.ts'],
    exclude: which === 'others' ? [...configDefaults.exclude, processes] : configDefaults.exclude,
    // Far beyond what any test takes on a busy machine: what ends at it hangs.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: reports ? ['default', ['json', { outputFile: join(reports, reportName) }]] : ['default'],
  },
});
