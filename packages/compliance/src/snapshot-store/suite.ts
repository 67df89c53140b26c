import { abilityCase, missingOf } from '../suite/abilities.ts';
import { ComplianceError } from '../suite/expect.ts';
import type { SuiteCase } from '../suite/suite-case.ts';
import { Bench } from './bench.ts';
import type { SnapshotStoreCase } from './case-list.ts';
import type { SnapshotStoreAbility, SnapshotStoreFactory } from './harness.ts';
import { mediumCases } from './medium-cases.ts';
import { plainCases } from './plain-cases.ts';

const ABILITIES: readonly SnapshotStoreAbility[] = ['reopen', 'crash', 'full', 'failure', 'lock', 'damage'];

/** How thorough the suite is. */
export interface SnapshotStoreSuiteOptions {
  /** How many seeds each random case is run with. Default 25. */
  readonly seeds?: number;
  /** The first of them. Default 1. */
  readonly firstSeed?: number;
}

/**
 * The suite of snapshot stores: everything that the `SnapshotStore` contract promises and that can be seen from
 * outside. Cases of abilities that the factory does not declare do not apply. A failure of a random case names its
 * seed: run it alone with `{ firstSeed: seed, seeds: 1 }`.
 *
 * @example
 * registerCases({ describe, it }, 'my store', snapshotStoreSuite(simulatedSnapshotStore({ open: openMyStore })));
 */
export function snapshotStoreSuite(
  factory: SnapshotStoreFactory,
  options: SnapshotStoreSuiteOptions = {},
): readonly SuiteCase[] {
  const { seeds = 25, firstSeed = 1 } = options;
  return [
    abilityCase('snapshot-store', factory.abilities, ABILITIES),
    ...[...plainCases, ...mediumCases].map((each) => ({
      id: `snapshot-store/${each.id}`,
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

async function runCase(
  factory: SnapshotStoreFactory,
  { id, run }: SnapshotStoreCase,
  seed: number,
): Promise<void> {
  const harness = await factory.create(seed);
  try {
    await run(new Bench(harness), seed);
  } catch (error) {
    throw new ComplianceError(`snapshot-store/${id}, seed ${seed}: ${String(error)}`, { cause: error });
  } finally {
    await harness.dispose();
  }
}
