import { registerCases, stateMachineSuite } from '@smalti/compliance';
import { describe, it } from 'vitest';
import { CounterMachine } from '../../src/counter.ts';
import { LeaseMachine } from '../../src/leases.ts';
import { LedgerMachine } from '../../src/ledger.ts';

const counter = stateMachineSuite<number, void, number>({
  abilities: ['rejects'],
  create: () => new CounterMachine(),
  command: (random) => random.below(7) - 3,
  query: () => {},
});
registerCases({ describe, it }, 'the counter', counter);

const ledger = stateMachineSuite<number, void, number>({
  abilities: [],
  create: () => new LedgerMachine(),
  command: (random) => random.below(1000),
  query: () => {},
});
registerCases({ describe, it }, 'the ledger', ledger);

const leases = stateMachineSuite({
  abilities: ['time'],
  create: () => new LeaseMachine(),
  command: (random) => ({ name: random.pick(['a', 'b', 'c']), ms: 1 + random.below(2000) }),
  query: (random) => random.pick(['a', 'b', 'c', 'd']),
});
registerCases({ describe, it }, 'leases', leases);
