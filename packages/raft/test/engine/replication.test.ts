import type { Index, Term } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/engine/messages.ts';
import { ack, append, at, Bench, beat, heartbeat, messages, persists, to } from './support/bench.ts';
import { Cluster } from './support/cluster.ts';
import { command, key } from './support/members.ts';

const termsOf = (cluster: Cluster, name: string): number[] =>
  cluster.node(name).disk.durable.map(({ term }) => term);

const refusal = (term: number, prev: number, hint: { index: Index; term: Term }): Message => {
  return {
    type: 'append-reply',
    term: term as Term,
    match: 0 as Index,
    refused: { prev: prev as Index, hint },
    session: 0,
  };
};

describe('replication (Raft §5.3)', () => {
  it('gives each command its place, and sends it with the entry before it', () => {
    const bench = new Bench({ log: [1] });
    bench.lead();
    bench.sync();
    bench.hear('b', ack(2, 3));
    const sent = to(bench.step({ type: 'propose', drafts: [command('x'), command('y')] }), 'b');
    expect(sent).toMatchObject([{ type: 'append', prev: at(3, 2), entries: [{ index: 4 }, { index: 5 }] }]);
  });

  it('refuses commands where it does not lead', () => {
    const bench = new Bench();
    expect(bench.step({ type: 'propose', drafts: [command('x')] })).toEqual([{ type: 'refused' }]);
    bench.tick();
    expect(bench.step({ type: 'propose', drafts: [command('x')] })).toEqual([{ type: 'refused' }]);
  });

  it('sends and writes side by side, and acknowledges only what is on disk', () => {
    const bench = new Bench();
    const taken = bench.hear('b', append(2, at(1, 1), [2, 2]), 'slow');
    expect(persists(taken)).toHaveLength(1);
    expect(messages(taken)).toEqual([]);
    expect(messages(bench.complete())).toEqual([ack(2, 3)]);
  });

  it('acknowledges writes one by one as several are under way', () => {
    const bench = new Bench();
    bench.hear('b', append(2, at(1, 1), [2]));
    bench.hear('b', append(2, at(2, 2), [2]), 'slow');
    bench.hear('b', append(2, at(3, 2), [2]), 'slow');
    expect(messages(bench.complete())).toEqual([ack(2, 3)]);
    expect(messages(bench.complete())).toEqual([ack(2, 4)]);
  });

  it('refuses entries whose predecessor it lacks, with a hint', () => {
    const bench = new Bench({ log: [1, 1, 2, 2] });
    expect(messages(bench.hear('b', append(4, at(9, 3), [4])))).toMatchObject([
      { refused: { prev: 9, hint: at(5, 2) } },
    ]);
    expect(messages(bench.hear('b', append(4, at(5, 1), [4])))).toMatchObject([
      { refused: { prev: 5, hint: at(3, 1) } },
    ]);
    expect(persists(bench.hear('b', append(4, at(5, 3), [4])))).toEqual([]);
  });

  it('refuses entries that do not follow each other', () => {
    const bench = new Bench();
    const good = append(2, at(1, 1), [2, 2]);
    for (const entries of [
      good.entries.slice(1),
      [...good.entries].reverse(),
      append(2, at(1, 1), [3]).entries,
    ]) {
      const effects = bench.hear('b', { ...good, entries });
      expect(persists(effects).flatMap((write) => write.entries)).toEqual([]);
      expect(messages(effects)).toEqual([]);
    }
  });

  it('brings every log of Raft’s figure 7 to the leader’s', () => {
    const leader = [1, 1, 4, 4, 5, 5, 6, 6, 6];
    const followers = [
      [1, 1, 4, 4, 5, 5, 6, 6],
      [1, 1],
      [1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
      [1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
      [1, 1, 4, 4, 4, 4],
      [1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ];
    for (const log of followers) {
      const cluster = new Cluster({ logs: { a: leader, b: log, c: leader } });
      cluster.node('a').disk.hardState = { ...cluster.node('a').disk.hardState, term: 8 as Term };
      cluster.restart('a');
      cluster.cut('b', 'a');
      cluster.elect('a');
      cluster.heal();
      cluster.run(200);
      expect(termsOf(cluster, 'b')).toEqual(termsOf(cluster, 'a'));
      expect(cluster.node('b').engine.commit).toBe(11);
    }
  });

  it('finds the place with few questions, however many terms differ', () => {
    const many = Array.from({ length: 200 }, (_, i) => 2 + (i >> 2) * 2);
    const other = Array.from({ length: 200 }, (_, i) => 3 + (i >> 2) * 2);
    const cluster = new Cluster({ logs: { a: [1, ...other], b: [1, ...many], c: [1, ...other] } });
    cluster.elect('a');
    cluster.run(300);
    const questions = cluster.sent.filter(
      ({ message }) => message.type === 'append-reply' && message.refused !== null,
    );
    expect(cluster.node('b').engine.commit).toBe(cluster.node('a').engine.commit);
    expect(questions.length).toBeLessThan(110);
  });

  it('takes the same append twice, and an old one late, without harm', () => {
    const bench = new Bench();
    bench.hear('b', append(2, at(1, 1), [2, 2, 2]));
    for (const late of [append(2, at(1, 1), [2, 2, 2]), append(2, at(1, 1), [2]), append(2, at(2, 2), [])]) {
      const effects = bench.hear('b', late);
      expect(persists(effects)).toEqual([]);
      expect(messages(effects)).toEqual([ack(2, 4)]);
    }
    expect(bench.engine.view.last).toEqual(at(4, 2));
  });

  it('H1: deletes from the first entry that another term is shown at, and no other', () => {
    const bench = new Bench({ log: [1, 2, 2, 2], commit: 2 });
    const effects = bench.hear('b', append(3, at(2, 1), [2, 3]), 'slow');
    expect(persists(effects)).toMatchObject([{ truncateFrom: 4, entries: [{ index: 4, term: 3 }] }]);
    expect(bench.engine.view.last).toEqual(at(4, 3));
  });

  it('H1: deletes nothing for a probe, a heartbeat, a refusal, or entries that it has', () => {
    const bench = new Bench({ log: [1, 1, 2, 2, 2] });
    const last = bench.engine.view.last;
    for (const message of [
      append(3, at(3, 1), []),
      append(3, at(4, 3), []),
      append(3, at(4, 3), [3]),
      append(3, at(1, 1), [1, 1]),
      heartbeat(3, 0, 1, 3),
      heartbeat(3, 3, 2, 3),
    ]) {
      for (const write of persists(bench.hear('b', message))) expect(write.truncateFrom).toBeNull();
      expect(bench.engine.view.last).toEqual(last);
    }
  });

  it('H1: replaces the phantom tail of a deposed leader before anything is appended to it', () => {
    const cluster = new Cluster({
      logs: { a: [1, 1, 1, 1], b: [1, 2, 2, 2, 2, 2, 2], c: [1, 2, 2, 2, 2, 2, 2] },
    });
    cluster.elect('b');
    cluster.run(100);
    expect(termsOf(cluster, 'a')).toEqual(termsOf(cluster, 'b'));
    expect(cluster.node('a').engine.commit).toBe(cluster.node('b').engine.commit);
  });

  it('H22: stops rather than cut what is committed', () => {
    const bench = new Bench({ log: [1, 1, 1], commit: 3 });
    expect(() => bench.hear('b', append(2, at(3, 2), [2]))).toThrow(/contradicts committed entry 3/);
    const other = new Bench({ log: [1, 1, 1], commit: 3 });
    expect(() => other.hear('b', append(2, at(1, 1), [2]))).toThrow(/committed/);
  });

  it('H36: knows at a restart with commit 0 that nothing follows from it', () => {
    const bench = new Bench({ log: [1, 1, 1], commit: 0 });
    expect(messages(bench.hear('b', heartbeat(2, 0, 1, 4)))).toMatchObject([{ match: 0, received: 0 }]);
    expect(bench.engine.view.last.index).toBe(4);
    // Agreement is then found by asking, and the tail, which was acknowledged, is all still there.
    expect(messages(bench.hear('b', append(2, at(4, 1), [])))).toMatchObject([{ match: 4 }]);
  });

  it('H36: keeps an acknowledged tail when a hint places the join too low', () => {
    const bench = new Bench({ log: [1, 1, 1, 1, 1] });
    for (const message of [append(2, at(1, 1), [1]), append(2, at(2, 1), [1, 1])]) {
      for (const write of persists(bench.hear('b', message))) expect(write.truncateFrom).toBeNull();
    }
    expect(bench.engine.view.last).toEqual(at(6, 1));
  });

  it('believes no hint, and no match beyond its log', () => {
    const bench = new Bench({ log: [1, 1, 1] });
    bench.lead();
    bench.sync();
    bench.hear('b', refusal(2, 4, at(99, 99)));
    bench.hear('b', refusal(2, 3, at(0, 0)));
    expect(bench.engine.view.matchOf(key('b'))).toBe(0);
    bench.hear('b', ack(2, 99));
    expect(bench.engine.view.matchOf(key('b'))).toBe(0);
    expect(bench.engine.commit).toBe(1);
  });

  it('hears late refusals without going back behind what matches', () => {
    const bench = new Bench({ log: [1, 1, 1] });
    bench.lead();
    bench.sync();
    bench.hear('b', ack(2, 5));
    expect(to(bench.hear('b', refusal(2, 2, at(0, 0))), 'b')).toEqual([]);
    bench.hear('b', refusal(2, 7, at(1, 1)));
    const [asked] = to(bench.step({ type: 'propose', drafts: [command('x')] }), 'b');
    expect(asked === undefined || (asked.type === 'append' && asked.prev.index >= 5)).toBe(true);
  });

  it('H42: forgets what a peer had when it comes back with another boot nonce', () => {
    const bench = new Bench();
    bench.lead();
    bench.sync();
    bench.hear('b', ack(2, 2));
    expect(bench.engine.view.matchOf(key('b'))).toBe(2);
    bench.step({ type: 'unbonded', peer: key('b') });
    bench.step({ type: 'bonded', peer: key('b'), boot: '1' });
    expect(bench.engine.view.matchOf(key('b'))).toBe(2);
    bench.step({ type: 'bonded', peer: key('b'), boot: '2' });
    expect(bench.engine.view.matchOf(key('b'))).toBe(0);
    expect(bench.engine.commit).toBe(2);
  });

  it('H10: serves the uncommitted tail though nobody has all of it', () => {
    const cluster = new Cluster();
    cluster.elect('a');
    cluster.run(20);
    for (const other of ['b', 'c']) cluster.cut('a', other);
    cluster.propose('a', 'x');
    cluster.run(10);
    cluster.heal();
    for (const other of ['b', 'c']) cluster.bond('a', other);
    cluster.run(30);
    for (const node of cluster.up) expect(node.engine.commit).toBe(3);
  });

  it('sends a member that lost its disk the log, and counts it for nothing', () => {
    const bench = new Bench();
    bench.lead();
    bench.sync();
    const born = bench.step({ type: 'bonded', peer: key('b', 1), boot: '1' });
    expect(born.some((effect) => effect.type === 'send' && effect.to === key('b', 1))).toBe(true);
    bench.step({ type: 'message', from: key('b', 1), message: ack(2, 2) });
    bench.step({ type: 'message', from: key('b', 1), message: beat(2, 1, 2) });
    expect(bench.engine.commit).toBe(1);
    const stranger = bench.step({ type: 'bonded', peer: key('z'), boot: '1' });
    expect(messages(stranger)).toEqual([]);
  });

  it('leaves all logs alike when everybody has another one', () => {
    const cluster = new Cluster({
      size: 5,
      logs: { a: [1, 2], b: [1, 3, 3], c: [4], d: [], e: [1, 2, 2, 5] },
    });
    cluster.runUntil(() => cluster.leader !== undefined);
    cluster.propose(cluster.leader?.name ?? '', 'x');
    cluster.run(300);
    for (const name of ['a', 'b', 'c', 'd']) expect(termsOf(cluster, name)).toEqual(termsOf(cluster, 'e'));
  });
});
