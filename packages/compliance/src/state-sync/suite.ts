import { abilityCase, missingOf } from '../suite/abilities.ts';
import type { SuiteCase } from '../suite/suite-case.ts';
import { SyncBench } from './bench.ts';
import { checkpointCases } from './checkpoint-cases.ts';
import { declaredCases } from './declared-cases.ts';
import type { StateSyncAbility, StateSyncFactory } from './factory.ts';
import { lieCases, ownLieCases } from './lie-cases.ts';
import { lifeCases } from './life-cases.ts';
import { messageCases } from './message-cases.ts';
import { networkCases } from './network-cases.ts';
import { plainCases } from './plain-cases.ts';
import { shareCases } from './share-cases.ts';

const ABILITIES: readonly StateSyncAbility[] = [
  'tolerant',
  'asks-again',
  'several',
  'spares-leader',
  'slow-lines',
  'reports',
  'checkpoints',
];

/**
 * The suite of ways to catch up. Each case puts the strategy into whole nodes, the real host among them, on virtual
 * time, with a store and a transport in memory. What strategies say to each other is lost, late, repeated, damaged and
 * mixed up on its way, so that nothing need be known of their messages.
 *
 * @example
 * registerCases({ describe, it }, 'my strategy', stateSyncSuite({ abilities: ['tolerant'], create: () => mine() }));
 */
export function stateSyncSuite<Message>(factory: StateSyncFactory<Message>): readonly SuiteCase[] {
  const { abilities, lies = {} } = factory;
  const cases = [
    ...declaredCases,
    ...messageCases,
    ...plainCases,
    ...shareCases,
    ...networkCases,
    ...lieCases,
    ...ownLieCases(lies as Parameters<typeof ownLieCases>[0]),
    ...lifeCases,
    ...checkpointCases,
  ];
  return [
    abilityCase('state-sync', abilities, ABILITIES),
    ...cases.map(({ id, title, requires = [], run }) => ({
      id: `state-sync/${id}`,
      title,
      requires,
      missing: missingOf(requires, abilities),
      run: async () => {
        const bench = new SyncBench(factory);
        await run(bench);
        await bench.sound();
      },
    })),
  ];
}
