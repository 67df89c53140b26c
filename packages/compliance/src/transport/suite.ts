import { abilityCase, missingOf } from '../suite/abilities.ts';
import type { SuiteCase } from '../suite/suite-case.ts';
import { TransportBench } from './bench.ts';
import { bondCases } from './bond-cases.ts';
import { declaredCases } from './declared-cases.ts';
import type { TransportAbility, TransportFactory } from './harness.ts';
import { messageCases } from './message-cases.ts';
import { refusalCases } from './refusal-cases.ts';

const ABILITIES: readonly TransportAbility[] = ['kill', 'break'];

/**
 * The cases that a transport has to pass, each on a network of its own.
 *
 * @example
 * registerCases({ describe, it }, 'my transport', transportSuite(factory));
 */
export function transportSuite(factory: TransportFactory): readonly SuiteCase[] {
  const cases = [...declaredCases, ...bondCases, ...refusalCases, ...messageCases];
  return [
    abilityCase('transport', factory.abilities, ABILITIES),
    ...cases.map(({ id, title, requires = [], run }) => ({
      id: `transport/${id}`,
      title,
      requires,
      missing: missingOf(requires, factory.abilities),
      run: async () => {
        const harness = await factory.create();
        const bench = new TransportBench(harness, factory.abilities);
        try {
          await run(bench);
          bench.sound();
        } finally {
          await harness.drive(harness.dispose());
        }
      },
    })),
  ];
}
