import { checkDescriptor } from '@smalti/core';
import { check } from '../suite/expect.ts';
import type { LogStoreCase } from './case-list.ts';

/** What a store says of itself. */
export const declaredCases: readonly LogStoreCase[] = [
  {
    id: 'descriptor',
    title: 'is a log store of the version that this core speaks',
    async run(bench) {
      const store = await bench.open();
      checkDescriptor(store.descriptor, 'log-store');
      await bench.close(store);
    },
  },
  {
    id: 'durable',
    title:
      'says that it is durable only if it is declared to reopen and to survive crashes, which are tested',
    async run(bench) {
      const store = await bench.open();
      for (const ability of ['reopen', 'crash'] as const) {
        const declared = bench.abilities.includes(ability);
        check(
          !store.durable || declared,
          `it says that it is durable: declare ${ability}, or say that it is not`,
        );
      }
      await bench.close(store);
    },
  },
  {
    id: 'undeclared',
    title: 'is asked for nothing that was not declared',
    async run(bench) {
      const { harness, abilities } = bench;
      const wants = {
        crash: () => harness.crash(1),
        full: () => harness.fill(),
        failure: () => harness.breakDown(1),
      };
      for (const [ability, want] of Object.entries(wants)) {
        if (abilities.includes(ability as keyof typeof wants)) continue;
        const told = await want().then(
          () => '',
          (error: unknown) => String(error),
        );
        check(told.includes(ability), `to ask for ${ability}, which was not declared, should be refused`);
      }
    },
  },
];
