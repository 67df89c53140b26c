/** One test of a compliance suite: a plain function, which any test runner can run. */
export interface SuiteCase {
  /** Stable, e.g. `log-store/reset-keeps-suffix`. */
  readonly id: string;
  /** What has to hold, as a sentence. */
  readonly title: string;
  /** Abilities that the case is about. */
  readonly requires: readonly string[];
  /** Those of them that the plugin did not declare: the case does not apply to it. */
  readonly missing: readonly string[];
  /** Rejects if it does not hold. Cases are independent of each other and may run in any order. */
  readonly run: () => Promise<void>;
}

/** The part of a test runner that is needed: those of Vitest, Jest, Mocha and node:test all fit. */
export interface Runner {
  describe(name: string, body: () => void): unknown;
  it: {
    (title: string, run: () => Promise<void>): unknown;
    skip(title: string, run: () => Promise<void>): unknown;
  };
}

/**
 * Hands the cases to a test runner, under one name. Cases that do not apply are shown as skipped.
 *
 * @example
 * import { describe, it } from 'vitest';
 * registerCases({ describe, it }, 'my store', logStoreSuite(factory));
 */
export function registerCases({ describe, it }: Runner, name: string, cases: readonly SuiteCase[]): void {
  describe(name, () => {
    for (const { title, missing, run } of cases) {
      if (missing.length === 0) it(title, run);
      else it.skip(`${title} (not declared: ${missing.join(', ')})`, run);
    }
  });
}

/** A case that did not hold. */
export interface CaseFailure {
  readonly id: string;
  readonly error: unknown;
}

/**
 * Runs the cases that apply, one after the other, and gives those that failed. For scripts, and to see that a plugin
 * with a planted bug is found out.
 */
export async function failuresOf(cases: readonly SuiteCase[]): Promise<readonly CaseFailure[]> {
  const failures: CaseFailure[] = [];
  for (const { id, missing, run } of cases) {
    if (missing.length > 0) continue;
    try {
      await run();
    } catch (error) {
      failures.push({ id, error });
    }
  }
  return failures;
}
