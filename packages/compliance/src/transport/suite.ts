import type { SuiteCase } from '../suite/suite-case.ts';
import { TransportBench } from './bench.ts';
import { bondCases } from './bond-cases.ts';
import type { TransportFactory } from './harness.ts';
import { messageCases } from './message-cases.ts';
import { refusalCases } from './refusal-cases.ts';

/**
 * The cases that a transport has to pass, each on a network of its own.
 *
 * @example
 * registerCases({ describe, it }, 'my transport', transportSuite(factory));
 */
export function transportSuite(factory: TransportFactory): readonly SuiteCase[] {
  return [...bondCases, ...refusalCases, ...messageCases].map(({ id, title, requires = [], run }) => ({
    id: `transport/${id}`,
    title,
    requires,
    missing: requires.filter((ability) => !factory.abilities.includes(ability)),
    run: async () => {
      const harness = await factory.create();
      const bench = new TransportBench(harness);
      try {
        await run(bench);
        bench.sound();
      } finally {
        await harness.drive(harness.dispose());
      }
    },
  }));
}
