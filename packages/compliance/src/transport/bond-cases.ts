import { checkDescriptor } from '@smalti/core';
import { check, same } from '../suite/expect.ts';
import type { TransportCase } from './case-list.ts';
import { groupNumber, type Member } from './member.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** How bonds come to be, and how they end. */
export const bondCases: readonly TransportCase[] = [
  {
    id: 'bond',
    title: 'makes a bond of which both sides know the other, and carries messages both ways on both lanes',
    async run(bench) {
      const a = await bench.member('a', { protocol: { min: 1, max: 3 } });
      const b = await bench.member('b', { protocol: { min: 2, max: 5 } });
      a.dial(bench.at('b'));
      await bench.until('both have a bond', () => a.peers.length === 1 && b.peers.length === 1);
      same(a.bond('b').peer, b.local, 'who a has a bond with');
      same(b.bond('a').peer, a.local, 'who b has a bond with');
      same([a.bond('b').protocol, b.bond('a').protocol], [3, 3], 'the protocol');
      same([a.bond('b').group, b.bond('a').group], [groupNumber(1), groupNumber(1)], 'the group');
      for (const lane of ['control', 'bulk'] as const) {
        await sendSoon(bench, a, 'b', lane, text(`from a, ${lane}`));
        await sendSoon(bench, b, 'a', lane, text(`from b, ${lane}`));
      }
      await bench.until('all arrived', () => a.received.length === 2 && b.received.length === 2);
      const seen = b.received.map(({ lane, bytes }) => `${lane}: ${new TextDecoder().decode(bytes)}`).sort();
      same(seen, ['bulk: from a, bulk', 'control: from a, control'], 'what b got');
    },
  },
  {
    id: 'descriptor',
    title: 'says what it is and where it can be dialled',
    async run(bench) {
      const transport = await bench.start('a');
      checkDescriptor(transport.descriptor, 'transport');
      check(transport.address.length > 0, 'a node that listens should have an address');
      check(transport.maxMessageBytes >= 1024 * 1024, 'a bond should carry messages of 1 MiB');
    },
  },
  {
    id: 'mesh',
    title: 'gives 4 nodes in 3 groups exactly the bonds of each group, though all dial all, themselves too',
    async run(bench) {
      const nodes = ['a', 'b', 'c', 'd'];
      const groups: readonly (readonly string[])[] = [
        ['a', 'b', 'c', 'd'],
        ['a', 'b', 'c'],
        ['b', 'd'],
      ];
      for (const name of nodes) await bench.start(name);
      const members = groups.flatMap((names, i) =>
        names.map((name) => ({ names, member: bench.join(name, { groups: [i + 1], keys: [i + 1] }) })),
      );
      for (const { member } of members) member.dial(...nodes.map((name) => bench.at(name)));
      const whole = (): boolean =>
        members.every(
          ({ names, member }) => member.peers.join() === names.filter((n) => n !== member.name).join(),
        );
      await bench.until('every group is a mesh', whole);
      await bench.pass(300);
      check(whole(), 'the meshes should stay whole');
      for (const { names, member } of members) {
        same(member.made.length, names.length - 1, `bonds that ${member.name} made in all`);
        const wrong = member.refusals.filter(({ code }) => code === 'ALREADY_BONDED');
        same(wrong, [], `what ${member.name} heard of dialling itself, or a node that was bonded`);
      }
    },
  },
  {
    id: 'both-dial',
    title: 'makes one bond when both dial at once, and it lasts',
    async run(bench) {
      for (let round = 1; round <= 5; round++) {
        const a = await bench.member(`a${round}`);
        const b = await bench.member(`b${round}`);
        a.dial(bench.at(b.name));
        b.dial(bench.at(a.name));
        await bench.until('one bond', () => a.peers.length === 1 && b.peers.length === 1);
        await bench.pass(100);
        same(
          [a.made.length, b.made.length, a.ended.length, b.ended.length],
          [1, 1, 0, 0],
          'bonds made and ended',
        );
        same([...a.refusals, ...b.refusals], [], 'refusals');
      }
    },
  },
  {
    id: 'dial-early',
    title: 'goes on dialling until somebody listens',
    async run(bench) {
      const address = bench.harness.addressOf('late');
      if (address === null) return;
      const a = await bench.member('a');
      a.dial(address);
      await bench.until('the dial failed', () => a.refusals.length > 0);
      await bench.member('late');
      await bench.until('a bond', () => a.peers.join() === 'late');
    },
  },
  {
    id: 'close-group',
    title: 'departs politely when a group is closed, and says nothing to it afterwards',
    async run(bench) {
      const [a, b] = await bench.pair();
      a.close();
      await bench.until('b knows', () => b.ended.length === 1);
      same(b.ended[0]?.reason.code, 'DEPARTED', 'the reason');
      same(b.peers, [], "b's bonds");
      await bench.pass(100);
    },
  },
  {
    id: 'close-bond',
    title: 'tells the other side why a bond was closed, and makes another one',
    async run(bench) {
      const [a, b] = await bench.pair();
      const bond = a.bond('b');
      a.call(() => bond.close('BAD_MESSAGE', 'entry 7 makes no sense'));
      await bench.until('both know', () => a.ended.length === 1 && b.ended.length === 1);
      same([a.ended[0]?.reason.code, b.ended[0]?.reason.code], ['BAD_MESSAGE', 'BAD_MESSAGE'], 'the reasons');
      check(b.ended[0]?.reason.detail.includes('entry 7') === true, 'the detail should arrive');
      await bench.until('another bond', () => a.peers.length === 1 && b.peers.length === 1);
    },
  },
  {
    id: 'undial',
    title: 'keeps the bond of an address that is not dialled any more, and dials it no more',
    async run(bench) {
      const [a, b] = await bench.pair();
      a.call((group) => group.undial(bench.at('b')));
      await bench.pass(50);
      same(a.peers, ['b'], "a's bonds");
      const bond = b.bond('a');
      b.call(() => bond.close('LINK_LOST', 'a test'));
      await bench.until('a knows', () => a.ended.length === 1);
      await bench.pass(300);
      same(a.peers, [], "a's bonds");
    },
  },
  {
    id: 'broken-link',
    title: 'makes a new bond when the connection is lost, and nothing of the old one reaches it',
    requires: ['break'],
    async run(bench) {
      const [a, b] = await bench.pair();
      const first = a.bond('b');
      for (let i = 0; i < 200; i++) a.send('b', 'control', text('old'));
      bench.breakLinks();
      await bench.until('both know', () => a.ended.length >= 1 && b.ended.length >= 1);
      same(a.ended[0]?.reason.code, 'LINK_LOST', 'the reason');
      check(!first.send('control', text('old')), 'the old bond should take nothing');
      await bench.until('another bond', () => a.peers.length === 1 && b.peers.length === 1);
      for (let i = 0; i < 10; i++) a.send('b', 'control', text('new'));
      const on = b.bond('a');
      const fresh = (): string[] =>
        b.received.filter(({ bond }) => bond === on).map(({ bytes }) => new TextDecoder().decode(bytes));
      await bench.until('the new ones arrived', () => fresh().length === 10);
      same(new Set(fresh()).size, 1, 'what came on the new bond');
    },
  },
  {
    id: 'restart',
    title: 'makes a bond with the new process of a node that was killed',
    requires: ['kill'],
    async run(bench) {
      const [a] = await bench.pair();
      await bench.kill('b');
      await bench.until('a knows', () => a.ended.length === 1);
      const again = await bench.member('b', { boot: 2 });
      again.dial(bench.at('a'));
      await bench.until('another bond', () => a.peers.length === 1 && again.peers.length === 1);
      same(a.bond('b').peer.boot, again.local.boot, 'the process');
    },
  },
];

/** An acceptor's first bulk messages may have to wait until its peer knows of the bond. */
async function sendSoon(
  bench: Parameters<TransportCase['run']>[0],
  member: Member,
  to: string,
  lane: 'control' | 'bulk',
  bytes: Uint8Array,
): Promise<void> {
  const writables = member.writables.length;
  if (member.send(to, lane, bytes)) return;
  await bench.until('the lane is writable', () => member.writables.length > writables);
  check(member.send(to, lane, bytes), 'a writable lane should take a message');
}
