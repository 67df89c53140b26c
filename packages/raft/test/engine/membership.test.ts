import { keyOf, toPeerId } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { targetOf } from '../../src/engine/membership.ts';
import { ack, Bench, beat, messages, to } from './support/bench.ts';
import { Cluster } from './support/cluster.ts';
import { configuration, key, member, TIMING } from './support/members.ts';

function keysOf(target: ReturnType<typeof targetOf>): { voters: string[]; learners: string[] } {
  if ('reason' in target) throw new Error(target.text);
  return { voters: target.voters.map(keyOf), learners: target.learners.map(keyOf) };
}

describe('two incarnations of one node', () => {
  /** b is a voter that lost its disk, and a learner under its new incarnation. */
  const both = { ...configuration(['a', 'b', 'c']), learners: [member('b', 1)] };

  it('H5: demoted, the old one is a member no more, and the new one stays', () => {
    for (const node of ['b', key('b')]) {
      const target = keysOf(targetOf(both, [{ type: 'demote', node }]));
      expect(target).toEqual({ voters: [key('a'), key('c')], learners: [key('b', 1)] });
    }
  });

  it('H5: promoted, the new one takes the place of the old one', () => {
    const target = keysOf(targetOf(both, [{ type: 'promote', node: 'b' }]));
    expect(target).toEqual({ voters: [key('a'), key('b', 1), key('c')], learners: [] });
  });

  it('are both removed by their id, and one by its key', () => {
    const all = keysOf(targetOf(both, [{ type: 'remove', node: 'b' }]));
    expect(all).toEqual({ voters: [key('a'), key('c')], learners: [] });
    const one = keysOf(targetOf(both, [{ type: 'remove', node: key('b') }]));
    expect(one).toEqual({ voters: [key('a'), key('c')], learners: [key('b', 1)] });
  });
});

it('H33: a node is seen as removed also when it has the entry that removed it', () => {
  const cluster = new Cluster();
  cluster.elect('a');
  expect(cluster.change('a', [{ type: 'remove', node: 'c' }])).toBeTypeOf('number');
  cluster.runUntil(() => cluster.node('c').engine.view.removed);
  expect(cluster.node('c').engine.view.configurationIndex).toBe(
    cluster.node('a').engine.view.configurationIndex,
  );
  expect(cluster.node('a').engine.view.removed).toBe(false);
});

describe('a leader that dies when one node alone has the entry that ends a change', () => {
  /** Of a, b and c, d is to take the place of c. The entry that says so reaches c, and nobody else; then a dies. */
  function interrupted(): Cluster {
    const cluster = new Cluster({ size: 4, genesis: configuration(['a', 'b', 'c'], ['d']) });
    cluster.elect('a');
    cluster.run(50);
    const joint = cluster.change('a', [
      { type: 'promote', node: 'd' },
      { type: 'remove', node: 'c' },
    ]);
    if (typeof joint !== 'number') throw new Error(joint.text);
    cluster.fate = (from, to, message) =>
      from === 'a' && to !== 'c' && message.type === 'append' && message.logEnd > joint ? [] : [1];
    cluster.runUntil(() => cluster.node('c').engine.view.durable > joint);
    cluster.crash('a');
    cluster.fate = () => [1];
    return cluster;
  }

  it('is succeeded by that node, though it is to be a member no more, until the others have it too (Thesis §4.2.2)', () => {
    const cluster = interrupted();
    expect(cluster.node('b').engine.view.changing).toBe(true);
    cluster.runUntil(() => cluster.leader !== undefined && !cluster.leader.engine.view.changing);
    cluster.runUntil(() => cluster.leader?.name === 'b' || cluster.leader?.name === 'd');
    const { leader, checker } = cluster;
    const { length } = checker.committed;
    cluster.propose(leader?.name ?? '', 'after the change');
    cluster.runUntil(() => checker.committed.length > length);
    cluster.runUntil(() => cluster.node('c').engine.view.removed);
  });

  it('H33: is not disturbed by it when it has come back before', () => {
    const cluster = interrupted();
    cluster.restart('a');
    cluster.runUntil(() => cluster.leader !== undefined && cluster.node('c').engine.view.removed);
    const { term } = cluster.node('b').engine.view;
    cluster.run(2_000);
    expect(cluster.leader?.engine.view.term).toBe(cluster.node('c').engine.view.term);
    expect(cluster.node('b').engine.view.term).toBe(term);
  });
});

it('H33: a removed node is told also when its log has a later change, which its leader never committed', () => {
  const cluster = new Cluster({ size: 4, genesis: configuration(['a', 'b', 'c'], ['d']) });
  cluster.elect('a');
  cluster.isolate('a');
  cluster.propose('a', 'one', 'two', 'three', 'four', 'five', 'six');
  expect(cluster.change('a', [{ type: 'promote', node: 'd' }], true)).toBeTypeOf('number');
  cluster.runUntil(() => cluster.leader?.name === 'b' || cluster.leader?.name === 'c');
  cluster.runUntil(
    () =>
      typeof cluster.change(cluster.leader?.name ?? '', [{ type: 'remove', node: 'a' }], true) === 'number',
  );
  cluster.runUntil(() => cluster.leader?.engine.view.changing === false);
  const { term, configurationIndex } = cluster.leader?.engine.view ?? {};
  expect(cluster.node('a').engine.view.configurationIndex).toBeGreaterThan(configurationIndex ?? 0);
  cluster.heal();
  cluster.runUntil(() => cluster.node('a').engine.view.removed);
  cluster.run(1_000);
  expect(cluster.node('a').engine.role).toBe('follower');
  expect(cluster.leader?.engine.view.term).toBe(term);
});

describe('a bond that comes in the step in which a transfer expires', () => {
  it('takes nothing from what the leaving configuration is sent with', () => {
    const bench = new Bench({ voters: ['a', 'b', 'c'], learners: ['d'] });
    bench.step({ type: 'bonded', peer: key('d'), boot: '1' });
    bench.lead();
    bench.sync();
    for (const peer of ['b', 'c', 'd']) bench.hear(peer, ack(2, 2));
    bench.step({ type: 'turn-end' });
    bench.step({ type: 'change', changes: [{ type: 'promote', node: toPeerId('d') }], force: false });
    bench.sync();
    bench.step({ type: 'transfer', to: toPeerId('b') });
    // The joint configuration is committed, and is left when the transfer has come to nothing: b says nothing any more.
    for (const peer of ['c', 'd']) bench.hear(peer, ack(2, 3));
    const heard = (): void => {
      const sent = messages(bench.step({ type: 'tick' })).filter(({ type }) => type === 'heartbeat');
      const round = Math.max(0, ...sent.map((message) => (message.type === 'heartbeat' ? message.round : 0)));
      for (const peer of ['c', 'd']) bench.hear(peer, beat(2, round, 3));
    };
    for (let i = 0; i < 4; i++) {
      bench.now += TIMING.heartbeatMs;
      heard();
    }
    bench.now += TIMING.electionMinMs - 4 * TIMING.heartbeatMs;
    const effects = bench.step({ type: 'bonded', peer: key('c'), boot: '1' });
    expect(bench.engine.last).toMatchObject({ index: 4 });
    const appended = to(effects, 'd').filter((message) => message.type === 'append');
    expect(appended.flatMap(({ entries }) => entries.map(({ index }) => index))).toEqual([4]);
  });
});
