import { SimRandom } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import type { Append } from '../../src/engine/messages.ts';
import { ack, append, at, Bench, heartbeat, messages, to } from './support/bench.ts';
import { Cluster } from './support/cluster.ts';
import { command, TIMING } from './support/members.ts';

const appendsTo = (cluster: Cluster, name: string, since = 0): Append[] =>
  cluster.sent.flatMap(({ at: when, to: target, message }) =>
    target === name && message.type === 'append' && when >= since ? [message] : [],
  );

const entriesIn = (appends: readonly Append[]): number =>
  appends.reduce((sum, { entries }) => sum + entries.length, 0);

describe('the flow of the log to followers', () => {
  it('is not asked for twice on a line whose round trip is longer than a heartbeat', () => {
    const cluster = new Cluster({ tune: { electionMinMs: 400, electionMaxMs: 800, diskStallMs: 2000 } });
    cluster.elect('a');
    cluster.run(100);
    cluster.fate = () => [3 * TIMING.heartbeatMs];
    cluster.run(1000);
    const since = cluster.now;
    for (let i = 0; i < 200; i++) {
      cluster.propose('a', `${i}`);
      cluster.run(5);
    }
    cluster.run(500);
    expect(cluster.node('b').engine.commit).toBe(202);
    expect(entriesIn(appendsTo(cluster, 'b', since))).toBe(200);
  });

  it('goes on after the last append, or a whole stretch of them, was lost', () => {
    const cluster = new Cluster();
    cluster.elect('a');
    cluster.run(50);
    let lost = 0;
    cluster.fate = (_from, target, { type }) => {
      if (target !== 'b' || type !== 'append' || lost >= 3) return [1];
      lost += 1;
      return [];
    };
    for (const text of ['x', 'y', 'z']) cluster.propose('a', text);
    cluster.run(3 * TIMING.heartbeatMs);
    expect(lost).toBe(3);
    expect(cluster.node('b').engine.commit).toBe(5);
  });

  it('goes on after the answer to a question, or the question, was lost again and again', () => {
    for (const lossy of ['append', 'append-reply']) {
      const cluster = new Cluster();
      let lost = 0;
      cluster.fate = (from, target, { type }) => {
        if ((from !== 'b' && target !== 'b') || type !== lossy || lost >= 4) return [1];
        lost += 1;
        return [];
      };
      cluster.elect('a');
      for (let i = 0; i < 10; i++) cluster.propose('a', `${i}`);
      cluster.run(10 * TIMING.heartbeatMs);
      expect(cluster.node('b').engine.commit).toBe(12);
    }
  });

  it('goes on when a third of all messages is lost', () => {
    const cluster = new Cluster();
    cluster.elect('a');
    const random = new SimRandom(1);
    cluster.fate = () => (random.chance(1 / 3) ? [] : [1]);
    for (let i = 0; i < 30; i++) {
      cluster.propose('a', `${i}`);
      cluster.run(7);
    }
    cluster.run(20 * TIMING.heartbeatMs);
    for (const name of ['b', 'c']) expect(cluster.node(name).engine.commit).toBe(32);
  });

  it('does not send again what a follower with a slow disk has received', () => {
    const cluster = new Cluster({ tune: { electionMinMs: 800, electionMaxMs: 900 } });
    cluster.elect('a');
    cluster.run(100);
    cluster.crash('b');
    for (let i = 0; i < 20; i++) cluster.propose('a', `${i}`);
    cluster.run(100);
    cluster.node('b').disk.delayMs = 10 * TIMING.heartbeatMs;
    cluster.restart('b');
    const since = cluster.now;
    cluster.run(40 * TIMING.heartbeatMs);
    expect(cluster.node('b').engine.commit).toBe(22);
    expect(entriesIn(appendsTo(cluster, 'b', since))).toBe(20);
  });

  it('begins where the hint of a refusal says, and nowhere else', () => {
    const bench = new Bench({ log: Array.from({ length: 50 }, () => 1), commit: 5 });
    // A follower that has 40 entries, 5 of which it knows to be committed.
    const refusals = bench.hear('b', append(2, at(60, 1), [2]));
    expect(messages(refusals).filter(({ type }) => type === 'append-reply')).toEqual([
      expect.objectContaining({ refused: { prev: 60, hint: { index: 51, term: 1 } } }),
    ]);
  });

  it('keeps within its bound of what is under way, and goes on as it is acknowledged', () => {
    const bench = new Bench({ tune: { maxAppendBytes: 100, maxInflightBytes: 1500 } });
    bench.lead();
    bench.sync();
    bench.hear('b', ack(2, 2));
    const drafts = Array.from({ length: 20 }, (_, i) => command(`command ${i}`));
    const first = to(bench.step({ type: 'propose', drafts }), 'b');
    expect(first.length).toBeLessThan(8);
    const last =
      first.flatMap((message) => (message.type === 'append' ? message.entries : [])).at(-1)?.index ?? 0;
    expect(to(bench.hear('b', ack(2, last - 1)), 'b').length).toBeGreaterThan(0);
  });

  it('reads from the log what has left the window, and is not confused by what has changed meanwhile', () => {
    const cluster = new Cluster({ tune: { windowBytes: 400, maxAppendBytes: 300 } });
    cluster.elect('a');
    cluster.run(20);
    for (const other of ['b', 'c']) cluster.cut('a', other);
    for (let i = 0; i < 60; i++) cluster.propose('a', `${i}`);
    cluster.run(30);
    cluster.heal();
    for (const other of ['b', 'c']) cluster.bond('a', other);
    const since = cluster.now;
    cluster.run(60);
    // None of it was committed, so nobody else can have it.
    expect(cluster.sent.some(({ message }) => message.type === 'catch-up')).toBe(false);
    expect(cluster.node('c').engine.commit).toBe(62);
    expect(entriesIn(appendsTo(cluster, 'c', since))).toBeLessThan(75);
  });

  it('takes a very long batch', () => {
    const bench = new Bench({ voters: ['a'], tune: { windowBytes: 64 * 1024 * 1024 } });
    bench.tick();
    bench.sync();
    const draft = command('');
    bench.step({ type: 'propose', drafts: Array.from({ length: 200_000 }, () => draft) });
    bench.sync();
    expect(bench.engine.commit).toBe(200_002);
  });

  it('takes one completion for all writes before it', () => {
    const bench = new Bench({ voters: ['a'] });
    bench.tick();
    bench.sync();
    for (let i = 0; i < 3; i++) bench.step({ type: 'propose', drafts: [command(`${i}`)] });
    bench.step({ type: 'persisted', seq: bench.writes.at(-1) ?? 0 });
    expect(bench.engine.commit).toBe(5);
    // And what it stood for says nothing new.
    for (const seq of bench.writes) expect(bench.step({ type: 'persisted', seq })).toEqual([]);
  });

  it('tells at a turn’s end that more is committed, once', () => {
    const bench = new Bench();
    bench.lead();
    bench.sync();
    bench.hear('b', ack(2, 2));
    const told = messages(bench.step({ type: 'turn-end' }));
    expect(told).toEqual([expect.objectContaining({ type: 'heartbeat', commit: 2 })]);
    expect(messages(bench.step({ type: 'turn-end' }))).toEqual([]);
  });

  it('never lets a heartbeat commit what has not been verified', () => {
    const bench = new Bench({ log: [1, 1, 1], commit: 1 });
    bench.hear('b', heartbeat(2, 4, 0, 4));
    expect(bench.engine.commit).toBe(1);
    bench.hear('b', append(2, at(2, 1), [], 4));
    expect(bench.engine.commit).toBe(2);
  });
});
