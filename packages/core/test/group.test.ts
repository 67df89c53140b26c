import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Configuration,
  DecodeError,
  decodeConfiguration,
  decodeGenesis,
  deriveGroupId,
  encodeConfiguration,
  encodeGenesis,
  type GroupIngredients,
  keyOf,
  type Member,
  memberId,
  memberIncarnation,
  membersOf,
  toClusterId,
  toGroupId,
  toIncarnation,
  toNetworkId,
  toPeerId,
} from '../src/index.ts';
import { nodeHasher } from './node-hasher.ts';

const member = (n: number): Member => ({
  id: toPeerId(`n${n}`),
  incarnation: toIncarnation(n.toString(16).padStart(32, '0')),
  address: `127.0.0.1:${9000 + n}`,
  preference: (['normal', 'reluctant', 'observer'] as const)[n % 3] ?? 'normal',
});
const configuration: Configuration = {
  voters: [member(1), member(2), member(3)],
  outgoing: [member(2)],
  learners: [member(4)],
};

describe('configurations', () => {
  it('are read as they were written', () => {
    expect(decodeConfiguration(encodeConfiguration(configuration))).toEqual(configuration);
    const names = { cluster: toClusterId('0'.repeat(32)), group: toGroupId('1'.repeat(64)) };
    const genesis = { ...names, configuration, machineVersion: 3 };
    expect(decodeGenesis(encodeGenesis(genesis))).toEqual(genesis);
    const none = encodeGenesis({ ...genesis, machineVersion: 0 });
    expect(() => decodeGenesis(none)).toThrow('0 is no version');
  });

  it('are refused unless they are whole and name each member once', () => {
    const bytes = encodeConfiguration(configuration);
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeConfiguration(bytes.slice(0, end)), `cut at ${end}`).toThrow(DecodeError);
    }
    const twice = encodeConfiguration({ ...configuration, voters: [member(1), member(1)] });
    expect(() => decodeConfiguration(twice)).toThrow('n1 twice');
    const none = encodeConfiguration({ ...configuration, voters: [] });
    expect(() => decodeConfiguration(none)).toThrow('without a voter');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (garbage) => {
        for (const decode of [decodeConfiguration, decodeGenesis]) {
          try {
            decode(garbage);
          } catch (error) {
            expect(error).toBeInstanceOf(DecodeError);
          }
        }
      }),
    );
  });

  it('list every member once, under the name it is counted by', () => {
    expect(
      membersOf(configuration)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['n1', 'n2', 'n3', 'n4']);
    const key = keyOf(member(1));
    expect([memberId(key), memberIncarnation(key)]).toEqual([member(1).id, member(1).incarnation]);
  });
});

describe('group ids', () => {
  const base: GroupIngredients = {
    network: toNetworkId('net'),
    key: new Uint8Array(16).fill(7),
    machine: 'example/counter/1',
    strategies: ['log-replay/1', 'snapshot/1'],
    validators: ['v1'],
  };
  const id = (change: Partial<GroupIngredients> = {}): string =>
    deriveGroupId(nodeHasher, { ...base, ...change });

  it('are equal for equal ingredients, in whatever order they are listed', () => {
    expect(id()).toBe(id());
    expect(id({ strategies: ['snapshot/1', 'log-replay/1'] })).toBe(id());
    expect(id()).toMatch(/^[0-9a-f]{64}$/);
  });

  it('differ with every single ingredient', () => {
    const others = [
      id({ network: toNetworkId('other') }),
      id({ key: new Uint8Array(16).fill(8) }),
      id({ machine: 'example/counter/2' }),
      id({ strategies: ['log-replay/1'] }),
      id({ validators: [] }),
      id({ strategies: [], validators: ['log-replay/1', 'snapshot/1', 'v1'] }),
    ];
    expect(new Set([id(), ...others]).size).toBe(others.length + 1);
  });
});

describe('names', () => {
  it('that are none are refused, with the rule', () => {
    for (const text of ['', 'a b', 'ä', 'x'.repeat(65), 'n/1']) {
      expect(() => toPeerId(text)).toThrow('1 to 64 characters');
      expect(() => toNetworkId(text)).toThrow('1 to 64 characters');
    }
    for (const text of ['', 'A'.repeat(32), 'g'.repeat(32), '0'.repeat(31)]) {
      expect(() => toIncarnation(text)).toThrow('32 hex digits');
      expect(() => toClusterId(text)).toThrow('32 hex digits');
    }
  });
});
