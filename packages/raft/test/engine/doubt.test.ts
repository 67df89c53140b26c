import { describe, expect, it } from 'vitest';
import { append, at, Bench, heartbeat, messages, persists } from './support/bench.ts';
import { Cluster } from './support/cluster.ts';
import { TIMING } from './support/members.ts';

/** `x`, index 3, is on the disks of a and b alone, and a told its client so. */
function acknowledgedByTwo(): Cluster {
  const cluster = new Cluster();
  cluster.elect('a');
  cluster.run(30);
  cluster.cut('a', 'c');
  cluster.propose('a', 'x');
  cluster.run(10);
  expect(cluster.node('a').engine.commit).toBe(3);
  expect(cluster.node('c').disk.durable).toHaveLength(2);
  cluster.heal();
  return cluster;
}

/** The disk of that node loses what it wrote last, and recovery says so. */
function rot(cluster: Cluster, name: string, entries = 1): void {
  cluster.crash(name);
  cluster.node(name).disk.rot(entries);
}

describe('doubt after a damaged tail', () => {
  it('H42: one rotten tail with its co-holder down: nobody leads without the entry', () => {
    const cluster = acknowledgedByTwo();
    cluster.crash('a');
    rot(cluster, 'b');
    cluster.restart('b');
    cluster.run(20 * TIMING.electionMaxMs);
    expect(cluster.leader).toBeUndefined();
    cluster.restart('a');
    cluster.runUntil(() => cluster.leader !== undefined);
    expect(cluster.leader?.name).toBe('a');
    cluster.run(200);
    for (const node of cluster.up) expect(node.disk.durable.length).toBeGreaterThanOrEqual(4);
    expect(cluster.node('b').engine.view.doubt).toBe(false);
    expect(cluster.node('b').disk.hardState.doubt).toBe(false);
  });

  it('H42: one rotten tail, the third voter lags: the co-holder wins, with everybody’s votes', () => {
    const cluster = acknowledgedByTwo();
    cluster.crash('a');
    rot(cluster, 'b');
    cluster.restart('b');
    cluster.restart('a');
    cluster.campaign('c');
    expect(cluster.node('c').engine.role).not.toBe('leader');
    cluster.runUntil(() => cluster.leader !== undefined);
    expect(cluster.leader?.name).toBe('a');
  });

  for (const size of [1, 3, 5]) {
    it(`H42: all ${size} tails torn at once: there is a leader again`, () => {
      const cluster = new Cluster({ size });
      cluster.runUntil(() => cluster.leader !== undefined);
      cluster.propose(cluster.leader?.name ?? '', 'x');
      cluster.run(100);
      const names = [...cluster.nodes.keys()];
      for (const name of names) rot(cluster, name);
      // What all have lost is beyond what any rule can save: the test's book forgets it too.
      cluster.checker.committed.length = 2;
      for (const name of names) cluster.restart(name);
      cluster.runUntil(() => cluster.leader !== undefined, 10 * TIMING.electionMaxMs);
      cluster.run(200);
      for (const node of cluster.up) {
        expect(node.engine.view.doubt).toBe(false);
        expect(node.disk.hardState.doubt).toBe(false);
      }
    });

    it(`H42: ${size} in doubt, all but one: none leads while one is missing`, () => {
      if (size === 1) return;
      const cluster = new Cluster({ size });
      for (const name of cluster.nodes.keys()) rot(cluster, name, 0);
      for (const name of [...cluster.nodes.keys()].slice(1)) cluster.restart(name);
      cluster.run(10 * TIMING.electionMaxMs);
      expect(cluster.leader).toBeUndefined();
      cluster.restart('a');
      cluster.runUntil(() => cluster.leader !== undefined);
    });
  }

  it('H42: a second restart during doubt doubts on', () => {
    const cluster = acknowledgedByTwo();
    cluster.crash('a');
    rot(cluster, 'b');
    for (let i = 0; i < 3; i++) {
      cluster.restart('b');
      cluster.run(3 * TIMING.electionMaxMs);
      expect(cluster.node('b').engine.view.doubt).toBe(true);
      expect(cluster.leader).toBeUndefined();
    }
  });

  it('H42: doubt with the third voter down: the entry stays, and so does the group until it is back', () => {
    const cluster = acknowledgedByTwo();
    cluster.crash('c');
    rot(cluster, 'b');
    cluster.restart('b');
    // The leader goes on with the node in doubt, which is counted for commits.
    cluster.propose('a', 'y');
    cluster.run(50);
    expect(cluster.node('a').engine.commit).toBe(4);
    expect(cluster.node('b').engine.view.doubt).toBe(false);
  });

  it('H42: doubt with the third voter down, and the leader restarted: it waits for everybody', () => {
    const cluster = acknowledgedByTwo();
    cluster.crash('c');
    cluster.crash('a');
    rot(cluster, 'b');
    cluster.restart('b');
    cluster.restart('a');
    cluster.run(10 * TIMING.electionMaxMs);
    expect(cluster.leader).toBeUndefined();
    cluster.restart('c');
    cluster.runUntil(() => cluster.leader !== undefined);
    expect(cluster.leader?.name).toBe('a');
  });

  it('H42: undoubted votes are enough without those in doubt', () => {
    const cluster = new Cluster({ size: 5 });
    for (const name of ['d', 'e']) {
      rot(cluster, name, 0);
      cluster.restart(name);
    }
    cluster.crash('e');
    cluster.elect('a');
    // But a majority with one in doubt is not.
    const other = new Cluster({ size: 5 });
    rot(other, 'd', 0);
    other.restart('d');
    for (const name of ['b', 'e']) other.crash(name);
    other.run(10 * TIMING.electionMaxMs);
    expect(other.leader).toBeUndefined();
  });

  it('H42: ends when all that the leader had when it was first heard is committed and here, not before', () => {
    const bench = new Bench({ doubt: true });
    bench.hear('b', heartbeat(2, 1, 1, 4));
    bench.hear('b', append(2, at(1, 1), [2, 2], 2));
    expect(bench.engine.view).toMatchObject({ commit: 2, doubt: true });
    // Its log grows meanwhile; what counts is what it had.
    bench.hear('b', { ...append(2, at(3, 2), [2], 3), logEnd: 9 as never });
    expect(bench.engine.view).toMatchObject({ commit: 3, doubt: true });
    const ended = bench.hear('b', heartbeat(2, 4, 2, 9), 'slow');
    expect(bench.engine.view.doubt).toBe(false);
    expect(persists(ended)).toMatchObject([{ hardState: { doubt: false } }]);
  });

  it('H42: does not end by what an earlier leader’s log was, nor by a commit that no leader told', () => {
    const bench = new Bench({ log: [1, 1], commit: 3, doubt: true });
    bench.hear('b', heartbeat(2, 1, 1, 3));
    expect(bench.engine.view.doubt).toBe(true);
    bench.hear('c', heartbeat(3, 1, 1, 5));
    bench.hear('c', heartbeat(3, 3, 2, 5));
    expect(bench.engine.view.doubt).toBe(true);
    bench.hear('c', append(3, at(3, 1), [3, 3], 5));
    expect(bench.engine.view.doubt).toBe(false);
  });

  it('H42: marks every vote, the node’s own too', () => {
    const bench = new Bench({ doubt: true });
    const asked = bench.hear('b', { type: 'pre-vote', term: 2 as never, last: at(1, 1) });
    expect(messages(asked)).toMatchObject([{ granted: true, doubtful: true }]);
    const voted = bench.hear('b', { type: 'vote', transfer: false, term: 2 as never, last: at(1, 1) });
    expect(messages(voted)).toMatchObject([{ granted: true, doubtful: true }]);
    bench.tick();
    bench.hear('b', { type: 'pre-vote-reply', term: 3 as never, granted: true, doubtful: false });
    expect(bench.engine.role).toBe('pre-candidate');
    bench.hear('c', { type: 'pre-vote-reply', term: 3 as never, granted: true, doubtful: false });
    expect(bench.engine.role).toBe('candidate');
  });
});
