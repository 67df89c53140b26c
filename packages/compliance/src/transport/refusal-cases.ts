import type { Refusal } from '@smalti/core';
import { check, same } from '../suite/expect.ts';
import type { TransportCase } from './case-list.ts';
import { groupNumber, type MemberOptions } from './member.ts';

function refused(code: Refusal['code'], a: MemberOptions, b: MemberOptions): TransportCase['run'] {
  return async (bench) => {
    const one = await bench.member('a', a);
    const other = await bench.member('b', b);
    one.dial(bench.at('b'));
    await bench.until('both were told', () => one.refusals.length > 0 && other.refusals.length > 0);
    same([one.refusals[0]?.code, other.refusals[0]?.code], [code, code], 'the codes');
    for (const { detail } of [...one.refusals, ...other.refusals]) {
      check(detail.includes(': '), `a refusal should say what to do: ${detail}`);
    }
    same([one.peers, other.peers], [[], []], 'the bonds');
  };
}

function accepted(a: MemberOptions, b: MemberOptions, group: number): TransportCase['run'] {
  return async (bench) => {
    for (const [first, second] of [
      ['a', 'b'],
      ['d', 'c'],
    ] as const) {
      const one = await bench.member(first, first === 'a' ? a : b);
      const other = await bench.member(second, first === 'a' ? b : a);
      one.dial(bench.at(second));
      await bench.until('a bond', () => one.peers.length === 1 && other.peers.length === 1);
      const groups = [one.bond(second).group, other.bond(first).group];
      same(groups, [groupNumber(group), groupNumber(group)], 'the group');
    }
  };
}

/** Who gets a bond, and who does not. */
export const refusalCases: readonly TransportCase[] = [
  {
    id: 'wrong-network',
    title: 'refuses a node of another network',
    run: refused('WRONG_NETWORK', { network: 'here' }, { network: 'there' }),
  },
  {
    id: 'unknown-group',
    title: 'refuses a node that asks for a group which is not open',
    run: refused('UNKNOWN_GROUP', { groups: [1] }, { groups: [2] }),
  },
  {
    id: 'wrong-cluster',
    title: 'refuses a node of another cluster',
    run: refused('WRONG_CLUSTER', { cluster: 1 }, { cluster: 2 }),
  },
  {
    id: 'bad-proof',
    title: 'refuses a node with another key',
    run: refused('BAD_PROOF', { keys: [1, 2] }, { keys: [3, 4] }),
  },
  {
    id: 'version-mismatch',
    title: 'refuses a node that speaks no version of the protocol in common',
    run: refused('VERSION_MISMATCH', { protocol: { min: 1, max: 2 } }, { protocol: { min: 3, max: 4 } }),
  },
  {
    id: 'key-rotation',
    title: 'takes any of the accepted keys of both sides',
    run: accepted({ keys: [9, 8, 7] }, { keys: [1, 7] }, 1),
  },
  {
    id: 'blank-and-born',
    title: 'gives a blank node the id of the group that was born, by an id in common',
    run: accepted({ groups: [5, 2], cluster: 1 }, { groups: [2] }, 5),
  },
  {
    id: 'two-blank',
    title: 'lets two blank nodes meet under any id in common',
    run: accepted({ groups: [3, 4] }, { groups: [4] }, 4),
  },
  {
    id: 'oneself',
    title: 'notices quietly that it dialled itself',
    async run(bench) {
      const a = await bench.member('a');
      a.dial(bench.at('a'));
      await bench.pass(300);
      same([a.made.length, a.refusals], [0, []], 'bonds and refusals');
    },
  },
  {
    id: 'two-processes',
    title: 'refuses a second live process with the identity of one that is bonded, and names it (H35)',
    async run(bench) {
      const a = await bench.member('a');
      const first = await bench.member('b1', { incarnation: 77 });
      first.dial(bench.at('a'));
      await bench.until('a bond', () => a.peers.length === 1);
      await bench.start('b2');
      // The same name and directory as the first one, which b1 stands for here.
      const second = bench.joinAs('b2', 'b1', { incarnation: 77, boot: 2 });
      second.dial(bench.at('a'));
      await bench.until('it was refused', () => second.refusals.length > 0 && a.refusals.length > 0);
      const [told] = second.refusals;
      same([told?.code, a.refusals[0]?.code], ['ALREADY_BONDED', 'ALREADY_BONDED'], 'the codes');
      check(told?.detail.includes('b1') === true, `the refusal should name both: ${told?.detail}`);
      await bench.pass(300);
      same([a.made.length, a.ended.length, second.made.length], [1, 0, 0], 'bonds made and ended');
      // And the copy meets the first one itself.
      second.dial(bench.at('b1'));
      await bench.until('they notice each other', () => first.refusals.length > 0);
      same(first.refusals[0]?.code, 'ALREADY_BONDED', 'the code');
    },
  },
];
