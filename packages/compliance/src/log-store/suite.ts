import { ComplianceError } from '../suite/expect.ts';
import type { SuiteCase } from '../suite/suite-case.ts';
import { appendCases } from './append-cases.ts';
import { Bench } from './bench.ts';
import type { LogStoreCase } from './case-list.ts';
import { changeCases } from './change-cases.ts';
import { crashCases } from './crash-cases.ts';
import { faultCases } from './fault-cases.ts';
import type { LogStoreFactory } from './harness.ts';
import { reopenCases } from './reopen-cases.ts';

/** How thorough the suite is. */
export interface LogStoreSuiteOptions {
  /** How many seeds each random case is run with. Default 25. */
  readonly seeds?: number;
  /** The first of them. Default 1. */
  readonly firstSeed?: number;
}

/**
 * The suite of log stores: everything that the `LogStore` contract promises and that can be seen from outside. Cases
 * of abilities that the factory does not declare do not apply. A failure of a random case names its seed: run it
 * alone with `{ firstSeed: seed, seeds: 1 }`.
 *
 * @example
 * registerCases({ describe, it }, 'my store', logStoreSuite(simulatedLogStore({ open: openMyStore })));
 */
export function logStoreSuite(
  factory: LogStoreFactory,
  options: LogStoreSuiteOptions = {},
): readonly SuiteCase[] {
  const { seeds = 25, firstSeed = 1 } = options;
  return [...appendCases, ...changeCases, ...reopenCases, ...crashCases, ...faultCases].map((each) => {
    const requires = each.requires ?? [];
    return {
      id: `log-store/${each.id}`,
      title: each.title,
      requires,
      missing: requires.filter((ability) => !factory.abilities.includes(ability)),
      run: async () => {
        const last = each.seeded ? firstSeed + seeds - 1 : firstSeed;
        for (let seed = firstSeed; seed <= last; seed++) await runCase(factory, each, seed);
      },
    };
  });
}

async function runCase(factory: LogStoreFactory, { id, run }: LogStoreCase, seed: number): Promise<void> {
  const harness = await factory.create(seed);
  try {
    await run(new Bench(harness, factory.abilities), seed);
  } catch (error) {
    throw new ComplianceError(`log-store/${id}, seed ${seed}: ${String(error)}`, { cause: error });
  } finally {
    await harness.dispose();
  }
}
