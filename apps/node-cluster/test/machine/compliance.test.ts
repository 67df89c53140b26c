import { registerCases, type StateMachineFactory, stateMachineSuite } from '@smalti/compliance';
import { describe, it } from 'vitest';
import { type KvCommand, KvMachine, type KvQuery, type KvResult } from '../../src/machine/index.ts';

type Random = Parameters<StateMachineFactory<KvCommand, KvQuery, KvResult>['command']>[0];

const KEYS = ['', 'a', 'b', 'aa', 'ÿ', '\0'];

function keys(random: Random): string[] {
  return Array.from({ length: random.below(4) }, () => random.pick(KEYS));
}

function value(random: Random): string {
  return random.chance(0.5)
    ? String(random.below(2000) - 1000)
    : Buffer.from(random.bytes(5)).toString('latin1');
}

function command(random: Random): KvCommand {
  const key = random.pick(KEYS);
  switch (random.below(8)) {
    case 0:
      return { op: 'mset', items: keys(random).map((each) => [each, value(random)] as const) };
    case 1:
      return { op: 'del', keys: keys(random) };
    case 2:
      return { op: 'incrby', key, delta: random.chance(0.9) ? random.below(9) - 4 : 2n ** 63n - 1n };
    case 3:
      return { op: 'append', key, value: value(random) };
    case 4:
      return {
        op: 'expire',
        key,
        in: random.below(2000) - 100,
        when: random.pick(['always', 'nx', 'xx', 'gt', 'xx-lt']),
      };
    case 5:
      return random.chance(0.9) ? { op: 'persist', key } : { op: 'flushall' };
    default:
      return {
        op: 'set',
        key,
        value: value(random),
        when: random.pick(['always', 'nx', 'xx']),
        expiry: random.pick(['keep', 'never', 1 + random.below(1000)]),
        get: random.chance(0.5),
      };
  }
}

function query(random: Random): KvQuery {
  const key = random.pick(KEYS);
  return random.pick<KvQuery>([
    { op: 'get', key },
    { op: 'mget', keys: keys(random) },
    { op: 'strlen', key },
    { op: 'exists', keys: keys(random) },
    { op: 'dbsize' },
    { op: 'expiry', key },
    { op: 'scan', after: random.pick([null, key]), count: 1 + random.below(5) },
  ]);
}

const cases = stateMachineSuite({
  abilities: ['time', 'snapshot'],
  create: () => new KvMachine(),
  command,
  query,
});
registerCases({ describe, it }, 'the key-value machine', cases);
