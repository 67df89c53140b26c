import { abilityCase, missingOf } from '../suite/abilities.ts';
import { ComplianceError } from '../suite/expect.ts';
import type { SuiteCase } from '../suite/suite-case.ts';
import { appendCases } from './append-cases.ts';
import { Bench } from './bench.ts';
import type { LogStoreCase } from './case-list.ts';
import { changeCases } from './change-cases.ts';
import { crashCases } from './crash-cases.ts';
import { declaredCases } from './declared-cases.ts';
import { declaredOnly } from './declared-only.ts';
import { faultCases } from './fault-cases.ts';
import type { LogStoreAbility, LogStoreFactory } from './harness.ts';
import { reopenCases } from './reopen-cases.ts';

const ABILITIES: readonly LogStoreAbility[] = ['reopen', 'crash', 'full', 'failure', 'lock', 'foreign'];

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
  const cases = [
    ...declaredCases,
    ...appendCases,
    ...changeCases,
    ...reopenCases,
    ...crashCases,
    ...faultCases,
  ];
  return [
    abilityCase('log-store', factory.abilities, ABILITIES),
    ...cases.map((each) => ({
      id: `log-store/${each.id}`,
      title: each.title,
      requires: each.requires ?? [],
      missing: missingOf(each.requires ?? [], factory.abilities),
      run: async () => {
        const last = each.seeded ? firstSeed + seeds - 1 : firstSeed;
        for (let seed = firstSeed; seed <= last; seed++) await runCase(factory, each, seed);
      },
    })),
  ];
}

async function runCase(factory: LogStoreFactory, { id, run }: LogStoreCase, seed: number): Promise<void> {
  const harness = await factory.create(seed);
  try {
    await run(new Bench(declaredOnly(harness, factory.abilities), factory.abilities), seed);
  } catch (error) {
    throw new ComplianceError(`log-store/${id}, seed ${seed}: ${String(error)}`, { cause: error });
  } finally {
    await harness.dispose();
  }
}
