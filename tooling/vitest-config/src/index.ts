import { join, relative } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Where the root test command collects a JSON report from every package; unset when one package is tested alone. */
const reports = process.env.SMALTI_TEST_REPORTS;
const root = join(import.meta.dirname, '..', '..', '..');
const reportName = `${relative(root, process.cwd()).replaceAll(/[\\/]/g, '-')}.json`;

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Far beyond what any test takes on a busy machine: what ends at it hangs.
    testTimeout: 120_000,
    hookTimeout: 60_000,
    reporters: reports ? ['default', ['json', { outputFile: join(reports, reportName) }]] : ['default'],
  },
});
