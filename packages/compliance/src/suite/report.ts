import type { Clock, PluginDescriptor } from '@smalti/core';
import type { SuiteCase } from './suite-case.ts';

/** What became of a case. */
export interface CaseReport {
  readonly id: string;
  readonly title: string;
  /** `skipped`: it is about an ability that was not declared. */
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Abilities that it is about and that were not declared. */
  readonly missing: readonly string[];
  /** Why it failed: what should hold, and what was the case; with the seed, if it is a random one. Else null. */
  readonly error: { readonly name: string; readonly message: string } | null;
  /** Milliseconds that it took, rounded; null if it was skipped, or if there is no clock. */
  readonly ms: number | null;
}

/**
 * What a suite has found, to be kept and compared: plain data, the same as JSON. What is added later is added as
 * further members; if a member changes its meaning, `format` is another number.
 */
export interface ComplianceReport {
  readonly format: 1;
  /** The suite's name: what the ids of its cases begin with. */
  readonly suite: string;
  /** The plugin, as it describes itself, or null if it was not said. */
  readonly plugin: PluginDescriptor | null;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** In the order of the suite. */
  readonly cases: readonly CaseReport[];
}

/** What a report says besides what became of the cases. */
export interface ReportOptions {
  readonly plugin?: PluginDescriptor;
  /** Measures how long cases take. Default: nothing is measured, so that reports of equal runs are equal. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Called after each case, to show how far it is. */
  readonly onCase?: (report: CaseReport) => void;
}

/**
 * Runs a suite without a test runner, one case after the other, and gives its report. A case that fails does not end
 * it.
 *
 * @example
 * const report = await reportOf(logStoreSuite(factory), { plugin: descriptor, clock: nodeClock() });
 * process.stdout.write(showReport(report));
 * process.exitCode = report.failed === 0 ? 0 : 1;
 */
export async function reportOf(
  cases: readonly SuiteCase[],
  options: ReportOptions = {},
): Promise<ComplianceReport> {
  const reports: CaseReport[] = [];
  for (const each of cases) {
    const report = await run(each, options.clock);
    reports.push(report);
    options.onCase?.(report);
  }
  const count = (outcome: CaseReport['outcome']): number =>
    reports.filter((report) => report.outcome === outcome).length;
  return {
    format: 1,
    suite: cases[0]?.id.split('/')[0] ?? '',
    plugin: options.plugin ?? null,
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    cases: reports,
  };
}

/** The report as JSON, for files and people. */
export function showReport(report: ComplianceReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

async function run({ id, title, missing, run }: SuiteCase, clock?: Pick<Clock, 'now'>): Promise<CaseReport> {
  if (missing.length > 0) return { id, title, outcome: 'skipped', missing, error: null, ms: null };
  const began = clock?.now() ?? 0;
  const took = (): number | null => (clock === undefined ? null : Math.round(clock.now() - began));
  try {
    await run();
    return { id, title, outcome: 'passed', missing, error: null, ms: took() };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    return { id, title, outcome: 'failed', missing, error: { name, message }, ms: took() };
  }
}
