import type { Term } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../src/engine/messages.ts';
import { append, at, Bench, heartbeat, messages, persists, to } from './support/bench.ts';
import { Cluster } from './support/cluster.ts';
import { hardState, key, TIMING } from './support/members.ts';

const term = (value: number): Term => value as Term;
const vote = (of: number, last = at(1, 1)): Message => ({
  type: 'vote',
  transfer: false,
  term: term(of),
  last,
});
const preVote = (of: number, last = at(1, 1)): Message => ({ type: 'pre-vote', term: term(of), last });
const reply = (of: number, granted = true, doubtful = false): Message => {
  return { type: 'vote-reply', term: term(of), granted, doubtful };
};
const preReply = (of: number, granted = true): Message => {
  return { type: 'pre-vote-reply', term: term(of), granted, doubtful: false };
};

describe('elections (Raft §5.1, §5.2)', () => {
  it('begin as followers, and campaign when no leader is heard for an election timeout', () => {
    const bench = new Bench();
    expect(bench.engine.role).toBe('follower');
    const due = bench.engine.nextDeadline();
    expect(due).toBeGreaterThanOrEqual(TIMING.electionMinMs);
    expect(due).toBeLessThan(TIMING.electionMaxMs);
    bench.tick();
    expect(bench.engine.role).toBe('pre-candidate');
  });

  it('are put off by whoever leads', () => {
    const bench = new Bench();
    for (let i = 0; i < 50; i++) {
      bench.now += TIMING.heartbeatMs;
      bench.hear('b', i % 2 === 0 ? heartbeat(2) : append(2, at(1, 1), []));
      expect(bench.engine.role).toBe('follower');
    }
  });

  it('draw another timeout each time', () => {
    const bench = new Bench({ voters: ['a', 'b', 'c'] });
    const waits = new Set<number>();
    for (let i = 0; i < 20; i++) {
      bench.tick();
      waits.add(bench.engine.nextDeadline() - bench.now);
    }
    expect(waits.size).toBe(20);
  });

  it('make a leader of who has a majority of votes, and of nobody else', () => {
    for (const [voters, needed] of [
      [['a', 'b', 'c'], 1],
      [['a', 'b', 'c', 'd'], 2],
      [['a', 'b', 'c', 'd', 'e'], 2],
    ] as const) {
      const bench = new Bench({ voters });
      bench.tick();
      for (const from of voters.slice(1)) bench.hear(from, preReply(2));
      bench.sync();
      for (const [i, from] of voters.slice(1).entries()) {
        expect(bench.engine.role).toBe(i >= needed ? 'leader' : 'candidate');
        bench.hear(from, reply(2), 'slow');
        bench.hear(from, reply(2), 'slow');
      }
    }
  });

  it('end when a leader of the term, or a higher term, is heard', () => {
    for (const message of [append(2, at(1, 1), []), heartbeat(2), heartbeat(3), vote(3), reply(9, false)]) {
      const bench = new Bench();
      bench.tick();
      bench.hear('b', preReply(2));
      expect(bench.engine.view).toMatchObject({ role: 'candidate', term: 2 });
      bench.hear('c', message);
      expect(bench.engine.view).toMatchObject({ role: 'follower', term: message.term });
    }
  });

  it('are over for a leader that hears of a higher term', () => {
    const bench = new Bench();
    bench.lead();
    bench.hear('b', { type: 'append-reply', term: term(5), match: 0, refused: null } as Message);
    expect(bench.engine.view).toMatchObject({ role: 'follower', term: 5, leader: null });
  });

  it('grant one vote a term, first come first served, the same one again', () => {
    const bench = new Bench();
    expect(messages(bench.hear('b', vote(2)))).toContainEqual(reply(2, true));
    expect(messages(bench.hear('c', vote(2)))).toContainEqual(reply(2, false));
    expect(messages(bench.hear('b', vote(2)))).toContainEqual(reply(2, true));
    expect(messages(bench.hear('c', vote(3)))).toContainEqual(reply(3, true));
    expect(messages(bench.hear('b', vote(2)))).toContainEqual(reply(3, false));
  });

  it('refuse candidates whose log is behind (Raft §5.4.1)', () => {
    for (const [last, granted] of [
      [at(3, 3), true],
      [at(4, 3), true],
      [at(2, 4), true],
      [at(2, 3), false],
      [at(9, 2), false],
    ] as const) {
      const bench = new Bench({ log: [2, 3], term: 4 });
      expect(messages(bench.hear('b', vote(5, last)))).toContainEqual(reply(5, granted));
      const asked = new Bench({ log: [2, 3], term: 4 });
      expect(messages(asked.hear('b', preVote(5, last)))[0]).toMatchObject({ granted });
    }
  });

  it('H5: put a vote on disk before it is told, and their own before it is counted', () => {
    const bench = new Bench();
    const heard = bench.hear('b', vote(2), 'slow');
    expect(messages(heard)).toEqual([]);
    expect(persists(heard)[0]?.hardState).toMatchObject({ term: 2, vote: key('b') });
    expect(messages(bench.complete())).toEqual([reply(2)]);

    const single = new Bench({ voters: ['a'] });
    const tick = single.tick();
    expect(persists(tick)[0]?.hardState).toMatchObject({ term: 2, vote: key('a') });
    expect(single.engine.role).toBe('candidate');
    single.complete();
    expect(single.engine.role).toBe('leader');
  });

  it('H5: remember a vote over a restart, and refuse another one in that term', () => {
    const cluster = new Cluster();
    cluster.tell('c', 'b', vote(2));
    cluster.run(5);
    cluster.restart('c');
    cluster.tell('c', 'a', vote(2));
    cluster.run(5);
    const told = cluster.sent.filter(({ message }) => message.type === 'vote-reply');
    expect(
      told.map(({ to: target, message }) => [target, message.type === 'vote-reply' && message.granted]),
    ).toEqual([
      ['b', true],
      ['a', false],
    ]);
  });

  it('H5: forget a vote that a crash took from the disk, since it was not told', () => {
    const cluster = new Cluster();
    cluster.node('c').disk.held = true;
    cluster.tell('c', 'b', vote(2));
    cluster.run(5);
    cluster.restart('c');
    cluster.release('c');
    cluster.tell('c', 'a', vote(2));
    cluster.run(5);
    expect(cluster.sent.filter(({ message }) => message.type === 'vote-reply')).toMatchObject([{ to: 'a' }]);
  });

  it('H5: count no vote of a node that came back under its old id without its disk', () => {
    const bench = new Bench();
    bench.tick();
    bench.step({ type: 'message', from: key('b', 1), message: preReply(2) });
    expect(bench.engine.role).toBe('pre-candidate');
    bench.hear('c', preReply(2));
    bench.step({ type: 'message', from: key('b', 1), message: reply(2) });
    expect(bench.engine.role).toBe('candidate');
  });

  it('H2: elect on the side of a partition that has the majority of the configuration alone', () => {
    const cluster = new Cluster({ size: 5 });
    cluster.elect('a');
    cluster.partition(['a', 'b'], ['c', 'd', 'e']);
    cluster.run(10 * TIMING.electionMaxMs);
    expect(cluster.up.filter(({ engine }) => engine.role === 'leader').map(({ name }) => name)).toHaveLength(
      1,
    );
    expect(['c', 'd', 'e']).toContain(cluster.leader?.name);
    cluster.propose('a', 'lost');
    cluster.run(50);
    expect(cluster.node('a').engine.role).not.toBe('leader');
  });

  it('H3: keep one leader when one link is cut, and the third node votes for who is up to date', () => {
    const cluster = new Cluster();
    cluster.elect('a');
    cluster.cut('a', 'b');
    cluster.cut('b', 'a');
    cluster.run(20 * TIMING.electionMaxMs);
    expect(cluster.up.filter(({ engine }) => engine.role === 'leader')).toHaveLength(1);
    cluster.propose('a', 'x');
    cluster.run(50);
    expect(cluster.node('c').engine.commit).toBe(cluster.node('a').engine.commit);
    // And a node that lags behind is not kept from voting by that.
    cluster.crash('a');
    cluster.heal();
    cluster.runUntil(() => cluster.leader?.name === 'c');
  });

  it('H21: do not depose a healthy leader when a node comes back from a partition (Thesis §4.2.3, §9.6)', () => {
    const cluster = new Cluster();
    cluster.elect('a');
    cluster.isolate('c');
    cluster.run(20 * TIMING.electionMaxMs);
    expect(cluster.node('c').engine.view.term).toBe(2);
    cluster.heal();
    cluster.run(5 * TIMING.electionMaxMs);
    expect(cluster.leader?.name).toBe('a');
    for (const node of cluster.up) expect(node.engine.view.term).toBe(2);
  });

  it('H21: ignore a candidate while a leader is heard', () => {
    const bench = new Bench();
    bench.hear('b', heartbeat(2));
    expect(bench.hear('c', vote(3, at(9, 2)))).toEqual([]);
    expect(messages(bench.hear('c', preVote(3, at(9, 2))))[0]).toMatchObject({ granted: false });
    bench.now += TIMING.electionMinMs;
    expect(messages(bench.hear('c', preVote(3, at(9, 2))))[0]).toMatchObject({ granted: true });
    expect(bench.engine.view.term).toBe(2);
  });

  it('H21: refuse absurd terms, of every message, and take those that an outage can explain', () => {
    for (const absurd of [2 ** 32 + 2, Number.MAX_SAFE_INTEGER, 2 ** 64 - 1, Number.NaN, 1.5]) {
      for (const make of [vote, preVote, heartbeat, reply, (of: number) => reply(of, false)]) {
        const bench = new Bench();
        const effects = bench.hear('b', make(absurd));
        expect(messages(effects)).toEqual([]);
        expect(bench.engine.view.term).toBe(1);
      }
    }
    const bench = new Bench();
    bench.hear('b', heartbeat(2 ** 32 + 1));
    expect(bench.engine.view.term).toBe(2 ** 32 + 1);
  });

  it('do not raise the term by asking first, however long nobody answers (Thesis §9.6)', () => {
    const bench = new Bench();
    for (let i = 0; i < 100; i++) expect(persists(bench.tick())).toEqual([]);
    expect(bench.engine.view.term).toBe(1);
  });

  it('come to an end when a node has a higher term than the leader', () => {
    const cluster = new Cluster();
    cluster.crash('c');
    cluster.node('c').disk.hardState = hardState(9, key('c'), 1);
    cluster.elect('a');
    cluster.propose('a', 'x');
    cluster.run(50);
    cluster.restart('c');
    cluster.runUntil(() => cluster.up.every(({ engine }) => engine.view.term >= 9 && engine.commit >= 3));
    expect(cluster.leader).toBeDefined();
  });

  it('come to an end when the leader’s words arrive nowhere, or nothing reaches it (Thesis §6.2)', () => {
    for (const deaf of [true, false]) {
      const cluster = new Cluster({ seed: 3 });
      cluster.elect('a');
      for (const other of ['b', 'c']) {
        if (deaf) cluster.cut(other, 'a');
        else cluster.cut('a', other);
      }
      cluster.runUntil(() => cluster.leader !== undefined && cluster.leader.name !== 'a');
      expect(cluster.node('a').engine.role).not.toBe('leader');
    }
  });

  it('are won by the node with the whole log, whoever is impatient', () => {
    const cluster = new Cluster({ logs: { a: [2], b: [2, 2, 3], c: [2, 2] } });
    cluster.campaign('a');
    expect(cluster.node('a').engine.role).not.toBe('leader');
    cluster.runUntil(() => cluster.leader !== undefined);
    expect(cluster.leader?.name).not.toBe('a');
    cluster.run(100);
    expect(cluster.node('a').engine.commit).toBe(cluster.leader?.engine.commit);
  });

  it('leave out learners, removed nodes, and who gives up leading', () => {
    const learner = new Bench({ voters: ['b', 'c'], learners: ['a'] });
    for (let i = 0; i < 5; i++) expect(messages(learner.tick())).toEqual([]);
    expect(learner.engine.role).toBe('follower');

    const cluster = new Cluster();
    cluster.elect('a');
    cluster.input(cluster.node('a'), { type: 'step-down', reason: 'its machine failed', lasting: true });
    cluster.runUntil(() => cluster.leader !== undefined);
    expect(cluster.leader?.name).not.toBe('a');
  });

  it('come as soon as ever on a node that stepped down for lasting, once it has recovered', () => {
    const bench = new Bench();
    const waits = (): number => {
      bench.hear('b', heartbeat(2));
      return bench.engine.nextDeadline() - bench.now;
    };
    bench.step({ type: 'step-down', reason: 'its state is odd', lasting: true });
    expect(waits()).toBeGreaterThan(TIMING.electionMaxMs);
    bench.step({ type: 'recovered' });
    expect(waits()).toBeLessThanOrEqual(TIMING.electionMaxMs);
  });

  it('send nothing of a term before term and vote are on disk, in order', () => {
    const bench = new Bench();
    expect(messages(bench.hear('b', heartbeat(4), 'slow'))).toEqual([]);
    expect(messages(bench.hear('b', heartbeat(4, 0, 1), 'slow'))).toEqual([]);
    expect(messages(bench.hear('c', vote(3), 'slow'))).toEqual([]);
    expect(to(bench.complete(), 'b')).toMatchObject([{ round: 0 }, { round: 1 }]);
  });

  it('write nothing for a message that is ignored', () => {
    const bench = new Bench();
    expect(persists(bench.hear('b', preVote(2)))).toEqual([]);
    expect(persists(bench.hear('a', heartbeat(2)))).toEqual([]);
    expect(persists(bench.hear('b', heartbeat(0)))).toEqual([]);
  });
});
