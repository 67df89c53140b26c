import { abilityCase, missingOf } from '../suite/abilities.ts';
import { ComplianceError } from '../suite/expect.ts';
import type { SuiteCase } from '../suite/suite-case.ts';
import type { AnyMachineFactory, MachineCase } from './case-list.ts';
import type { StateMachineAbility, StateMachineFactory } from './factory.ts';
import { plainCases } from './plain-cases.ts';
import { snapshotCases } from './snapshot-cases.ts';
import { versionCases } from './version-cases.ts';

const ABILITIES: readonly StateMachineAbility[] = ['rejects', 'batches', 'time', 'snapshot', 'versions'];

/** How thorough the suite is. */
export interface StateMachineSuiteOptions {
  /** How many seeds each random case is run with. Default 10. */
  readonly seeds?: number;
  /** The first of them. Default 1. */
  readonly firstSeed?: number;
}

/**
 * The suite of state machines: that replicas of it do not come apart, that nothing that comes from outside stops one,
 * and that its snapshots are the same on all of them. A failure of a random case names its seed: run it alone with
 * `{ firstSeed: seed, seeds: 1 }`.
 *
 * @example
 * registerCases({ describe, it }, 'my machine', stateMachineSuite({ abilities: [], create, command, query }));
 */
export function stateMachineSuite<Command, Query, Result>(
  factory: StateMachineFactory<Command, Query, Result>,
  options: StateMachineSuiteOptions = {},
): readonly SuiteCase[] {
  const { seeds = 10, firstSeed = 1 } = options;
  return [
    abilityCase('state-machine', factory.abilities, ABILITIES),
    ...[...plainCases, ...snapshotCases, ...versionCases].map((each) => ({
      id: `state-machine/${each.id}`,
      title: each.title,
      requires: each.requires ?? [],
      missing: missingOf(each.requires ?? [], factory.abilities),
      run: async () => {
        const last = each.seeded ? firstSeed + seeds - 1 : firstSeed;
        for (let seed = firstSeed; seed <= last; seed++) runCase(factory, each, seed);
      },
    })),
  ];
}

function runCase(factory: AnyMachineFactory, { id, run }: MachineCase, seed: number): void {
  try {
    run(factory, seed);
  } catch (error) {
    throw new ComplianceError(`state-machine/${id}, seed ${seed}: ${String(error)}`, { cause: error });
  }
}
