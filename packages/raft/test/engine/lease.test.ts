import type { Term } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/engine/io.ts';
import { ack, at, Bench, type BenchOptions, beat, heartbeat, messages, to } from './support/bench.ts';
import { Chaos } from './support/chaos.ts';
import { Cluster } from './support/cluster.ts';
import { restartedVoter, slowAnswers } from './support/lease-stories.ts';
import { TIMING } from './support/members.ts';
import { realEngine } from './support/test-node.ts';

const LEASE = { tune: { leaseMs: 90 } } as const;

function ready(effects: readonly Effect[]): number[] {
  return effects.flatMap((effect) => (effect.type === 'read-ready' ? [effect.id] : []));
}

/** A leader whose first round after its first commit was answered by b just now. */
function leading(options: BenchOptions = LEASE): { bench: Bench; begun: number } {
  const bench = new Bench(options);
  bench.lead();
  bench.sync();
  bench.hear('b', ack(2, 2));
  const [sent] = to(bench.tick(), 'b');
  const begun = bench.now;
  bench.hear('b', beat(2, sent?.type === 'heartbeat' ? sent.round : -1, 2));
  return { bench, begun };
}

describe('leases (Thesis §6.4.1)', () => {
  it('let a leader answer by itself, until they end', () => {
    const { bench, begun } = leading();
    for (const [id, late] of [
      [1, 0],
      [2, 89],
    ] as const) {
      bench.now = begun + late;
      bench.step({ type: 'read', id });
      expect(ready(bench.step({ type: 'turn-end' }))).toEqual([id]);
    }
    bench.now = begun + 90;
    bench.step({ type: 'read', id: 3 });
    const asked = bench.step({ type: 'turn-end' });
    expect(ready(asked)).toEqual([]);
    expect(messages(asked).map(({ type }) => type)).toContain('heartbeat');
  });

  it('are off unless they are asked for', () => {
    const { bench } = leading({});
    bench.step({ type: 'read', id: 1 });
    expect(ready(bench.step({ type: 'turn-end' }))).toEqual([]);
  });

  it('answer what a follower asks, without a round', () => {
    const { bench } = leading();
    bench.hear('b', { type: 'read-index', term: 2 as Term, id: 7 });
    const sent = messages(bench.step({ type: 'turn-end' }));
    expect(sent).toEqual([expect.objectContaining({ type: 'read-index-reply', id: 7, index: 2 })]);
  });

  it('do not begin with a round that no quorum has answered', () => {
    const bench = new Bench({ ...LEASE, voters: ['a', 'b', 'c', 'd', 'e'] });
    bench.lead('b', 'c');
    bench.sync();
    for (const peer of ['b', 'c']) bench.hear(peer, ack(2, 2));
    const [sent] = to(bench.tick(), 'b');
    const round = sent?.type === 'heartbeat' ? sent.round : -1;
    bench.hear('b', beat(2, round, 2));
    bench.step({ type: 'read', id: 1 });
    expect(ready(bench.step({ type: 'turn-end' }))).toEqual([]);
  });

  it.each(['vote', 'pre-vote'] as const)('keep a voter that restarted from giving a %s', (type) => {
    for (const [tune, granted] of [
      [{ leaseMs: 90 }, false],
      [{ leaseMs: 0 }, true],
    ] as const) {
      const bench = new Bench({ tune });
      bench.now = TIMING.electionMinMs - 1;
      const effects = bench.hear('b', { type, term: 2 as Term, last: at(5, 1), transfer: false });
      const given = messages(effects).some((message) => 'granted' in message && message.granted);
      expect(given).toBe(granted);
    }
    const bench = new Bench(LEASE);
    bench.now = TIMING.electionMinMs;
    const effects = bench.hear('b', { type, term: 2 as Term, last: at(5, 1), transfer: false });
    expect(messages(effects)).toContainEqual(expect.objectContaining({ granted: true }));
  });

  it('keep a voter from voting though it has learned of a higher term from somebody else', () => {
    const bench = new Bench(LEASE);
    bench.hear('b', heartbeat(2));
    bench.now += 10;
    bench.hear('c', { type: 'vote-reply', term: 7 as Term, granted: false, doubtful: false });
    expect(bench.engine.view.leader).toBeNull();
    const effects = bench.hear('c', { type: 'vote', term: 7 as Term, last: at(5, 2), transfer: false });
    expect(messages(effects)).toContainEqual(expect.objectContaining({ type: 'vote-reply', granted: false }));
    bench.now += TIMING.electionMinMs;
    const later = bench.hear('c', { type: 'vote', term: 7 as Term, last: at(5, 2), transfer: false });
    expect(messages(later)).toContainEqual(expect.objectContaining({ type: 'vote-reply', granted: true }));
  });

  it('H9, H34: end on a leader that was stopped, before another can have been elected', () => {
    const cluster = new Cluster(LEASE);
    cluster.elect('a');
    cluster.propose('a', 'x');
    cluster.run(100);
    cluster.pause('a');
    cluster.run(60_000);
    cluster.propose(cluster.leader?.name ?? '', 'y');
    cluster.run(20);
    let read = 0;
    cluster.resume('a', () => {
      read = cluster.read('a');
    });
    expect(cluster.node('a').ready.has(read)).toBe(false);
  });

  it.each([restartedVoter, slowAnswers])('H9: are not trusted for too long: $name', (story) => {
    for (let seed = 1; seed <= 50; seed++) story(realEngine, seed);
  });

  it('never make a read stale, whatever happens, while the clocks run alike', () => {
    for (let seed = 2000; seed < 2040; seed++) new Chaos({ size: seed % 2 === 0 ? 3 : 5, seed, leaseMs: 90 });
  });
});
