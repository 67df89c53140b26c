import { toPeerId } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import type { Effect, Input } from '../../src/engine/io.ts';
import { ack, Bench, to } from './support/bench.ts';
import { command, key, member, TIMING } from './support/members.ts';

type ChangeOf = Extract<Input, { type: 'change' }>['changes'][number];

const SERVED_MS = TIMING.heartbeatMs / 4;

/** a leads b and c; d and e only read, and have all that there is. */
function led(): Bench {
  const bench = new Bench({ observers: ['d', 'e'] });
  for (const reader of ['d', 'e']) bench.step({ type: 'bonded', peer: key(reader), boot: '1' });
  bench.lead();
  bench.sync();
  for (const peer of ['b', 'c', 'd', 'e']) bench.hear(peer, ack(2, 2));
  bench.step({ type: 'turn-end' });
  bench.after(SERVED_MS);
  return bench;
}

function propose(bench: Bench, text: string): readonly Effect[] {
  return [...bench.step({ type: 'propose', drafts: [command(text)] }), ...bench.sync()];
}

const indicesOf = (effects: readonly Effect[], name: string): number[] =>
  to(effects, name).flatMap((message) =>
    message.type === 'append' ? message.entries.map(({ index }) => index as number) : [],
  );

describe('observers', () => {
  it('get what a moment has brought in one message, the same for all, and voters at once', () => {
    const bench = led();
    const effects = [...propose(bench, 'x'), ...propose(bench, 'y'), ...propose(bench, 'z')];
    expect(indicesOf(effects, 'b')).toEqual([3, 4, 5]);
    expect([...to(effects, 'd'), ...to(effects, 'e')]).toEqual([]);
    expect(bench.engine.nextDeadline()).toBe(bench.now + SERVED_MS);
    const served = bench.tick();
    expect(indicesOf(served, 'd')).toEqual([3, 4, 5]);
    expect(to(served, 'd')[0]).toBe(to(served, 'e')[0]);
    expect(bench.engine.nextDeadline()).toBeGreaterThan(bench.now + SERVED_MS);
  });

  it('are told in the next one what was committed meanwhile', () => {
    const bench = led();
    propose(bench, 'x');
    bench.tick();
    bench.hear('d', ack(2, 3));
    bench.hear('b', ack(2, 3));
    expect(bench.engine.commit).toBe(3);
    expect(to(bench.step({ type: 'turn-end' }), 'd')).toEqual([]);
    const [told, ...more] = to(bench.tick(), 'd');
    expect(more).toEqual([]);
    expect(told).toMatchObject({ type: 'heartbeat', commit: 3 });
    // Until the next heartbeat there is nothing more to tell.
    expect(bench.engine.nextDeadline()).toBe(bench.now + SERVED_MS);
    expect(to(bench.after(SERVED_MS - 1), 'd')).toEqual([]);
  });

  it('that forward commands get everything at once for a while', () => {
    const bench = led();
    propose(bench, 'x');
    const input = { type: 'propose', drafts: [command('of d')], writers: [key('d')] } as const;
    const effects = [...bench.step(input), ...bench.sync(), ...bench.step({ type: 'turn-end' })];
    expect(indicesOf(effects, 'd')).toEqual([3, 4]);
    expect(indicesOf(effects, 'e')).toEqual([]);
    bench.hear('d', ack(2, 4));
    bench.hear('b', ack(2, 4));
    expect(to(bench.step({ type: 'turn-end' }), 'd')).toMatchObject([{ type: 'heartbeat', commit: 4 }]);
    bench.after(TIMING.heartbeatMs);
    bench.step({ type: 'turn-end' });
    expect(indicesOf(propose(bench, 'z'), 'd')).toEqual([]);
  });

  it('that ask for a read get everything at once for a while', () => {
    const bench = led();
    propose(bench, 'x');
    const asked = bench.hear('d', { type: 'read-index', term: bench.engine.view.term, id: 1 });
    const effects = [...asked, ...bench.step({ type: 'turn-end' })];
    expect(indicesOf(effects, 'd')).toEqual([3]);
    expect(to(effects, 'e').filter(({ type }) => type === 'append')).toEqual([]);
    const next = propose(bench, 'y');
    expect(indicesOf(next, 'd')).toEqual([4]);
    expect(indicesOf(next, 'e')).toEqual([]);
    bench.after(TIMING.heartbeatMs);
    bench.step({ type: 'turn-end' });
    expect(indicesOf(propose(bench, 'z'), 'd')).toEqual([]);
  });

  it('that become voters get everything at once, and are put off again when they only read', () => {
    const bench = led();
    const everybody = (index: number): void => {
      for (const peer of ['b', 'c', 'd']) bench.hear(peer, ack(2, index));
    };
    const change = (of: ChangeOf): readonly Effect[] => [
      ...bench.step({ type: 'change', changes: [of], force: false }),
      ...bench.sync(),
    ];
    expect(indicesOf(change({ type: 'add', member: member('d') }), 'd')).toEqual([3]);
    everybody(3);
    change({ type: 'promote', node: toPeerId('d') });
    // The joint configuration, and the one after it.
    everybody(4);
    everybody(5);
    expect(indicesOf(propose(bench, 'w'), 'd')).toEqual([6]);
    everybody(6);
    change({ type: 'demote', node: toPeerId('d') });
    everybody(7);
    everybody(8);
    expect(
      indicesOf(change({ type: 'add', member: { ...member('d'), preference: 'observer' } }), 'd'),
    ).toEqual([]);
    expect(indicesOf(bench.tick(), 'd')).toEqual([9]);
  });
});
