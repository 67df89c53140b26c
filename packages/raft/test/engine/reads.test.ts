import { describe, expect, it } from 'vitest';
import { ack, Bench, beat, messages, to } from './support/bench.ts';
import { Cluster } from './support/cluster.ts';
import { command, key, TIMING } from './support/members.ts';

/** A cluster of three that a leads, with something committed. */
function led(): Cluster {
  const cluster = new Cluster();
  cluster.elect('a');
  cluster.propose('a', 'x');
  cluster.run(10);
  return cluster;
}

const readyIds = (effects: readonly { type: string }[]): string[] =>
  effects.map(({ type }) => type).filter((type) => type === 'read-ready' || type === 'read-failed');

describe('strong reads (Raft §8, Thesis §6.4)', () => {
  it('are answered at the leader and at a follower with the index that was committed when they were asked', () => {
    const cluster = led();
    const [atLeader, atFollower] = [cluster.read('a'), cluster.read('b')];
    cluster.run(10);
    expect(cluster.node('a').ready.get(atLeader)?.index).toBe(3);
    expect(cluster.node('b').ready.get(atFollower)?.index).toBe(3);
  });

  it('H9: wait until an entry of the leader’s own term is committed', () => {
    const bench = new Bench({ log: [1, 1], commit: 1 });
    bench.lead();
    bench.sync();
    bench.step({ type: 'read', id: 1 });
    expect(readyIds(bench.step({ type: 'turn-end' }))).toEqual([]);
    // What an earlier leader wrote is at the majority: that says nothing about what it had committed.
    bench.hear('b', ack(2, 3));
    expect(bench.engine.commit).toBe(1);
    const [early] = to(bench.step({ type: 'turn-end' }), 'b');
    const round = early?.type === 'heartbeat' ? early.round : 0;
    expect(readyIds(bench.hear('b', beat(2, round, 3)))).toEqual([]);
    bench.hear('b', ack(2, 4));
    const [sent] = to(bench.step({ type: 'turn-end' }), 'b');
    const answered = bench.hear('b', beat(2, sent?.type === 'heartbeat' ? sent.round : -1, 4));
    expect(answered).toContainEqual(expect.objectContaining({ type: 'read-ready', id: 1, index: 4 }));
  });

  it('are not confirmed by an answer to an older round', () => {
    const bench = new Bench();
    bench.lead();
    bench.sync();
    bench.hear('b', ack(2, 2));
    bench.step({ type: 'read', id: 1 });
    const first = messages(bench.step({ type: 'turn-end' }))[0];
    const old = first?.type === 'heartbeat' ? first.round : -1;
    bench.hear('b', beat(2, old, 2));
    bench.step({ type: 'read', id: 2 });
    const second = messages(bench.step({ type: 'turn-end' }))[0];
    expect(readyIds(bench.hear('c', beat(2, old, 2)))).toEqual([]);
    const round = second?.type === 'heartbeat' ? second.round : -1;
    expect(round).toBeGreaterThan(old);
    expect(readyIds(bench.hear('c', beat(2, round, 2)))).toEqual(['read-ready']);
  });

  it('that come while a round is under way share the next one', () => {
    const bench = new Bench();
    bench.lead();
    bench.sync();
    bench.hear('b', ack(2, 2));
    const rounds = new Set<number>();
    for (let id = 1; id <= 5; id++) {
      bench.step({ type: 'read', id });
      for (const sent of messages(bench.step({ type: 'turn-end' }))) {
        if (sent.type === 'heartbeat') rounds.add(sent.round);
      }
    }
    const round = Math.max(...rounds);
    expect(rounds.size).toBe(1);
    expect(readyIds(bench.hear('b', beat(2, round, 2)))).toHaveLength(1);
    const next = messages(bench.step({ type: 'turn-end' }))[0];
    const answered = bench.hear('b', beat(2, next?.type === 'heartbeat' ? next.round : -1, 2));
    expect(readyIds(answered)).toHaveLength(4);
  });

  it('H9: are not answered by a leader that is cut off, while another one commits', () => {
    const cluster = led();
    cluster.isolate('a');
    const stale = cluster.read('a');
    cluster.run(TIMING.electionMinMs - 10);
    cluster.campaign('b');
    cluster.propose('b', 'y');
    cluster.run(TIMING.electionMaxMs);
    cluster.heal();
    cluster.run(TIMING.electionMaxMs);
    expect(cluster.node('a').ready.has(stale)).toBe(false);
    expect(cluster.node('a').failed.has(stale)).toBe(true);
  });

  it('H34: are not answered by a leader that was stopped for three election timeouts', () => {
    const cluster = led();
    cluster.pause('a');
    cluster.run(3 * TIMING.electionMaxMs);
    cluster.propose(cluster.leader?.name ?? '', 'y');
    cluster.run(10);
    let asked = 0;
    cluster.resume('a', () => {
      asked = cluster.read('a');
    });
    expect(cluster.node('a').failed.has(asked)).toBe(true);
    cluster.run(50);
    expect(cluster.node('a').ready.has(asked)).toBe(false);
  });

  it('H34: are answered afresh by a leader that was stopped for less than anybody noticed', () => {
    const cluster = led();
    cluster.pause('a');
    cluster.run(TIMING.electionMinMs / 2);
    let asked = 0;
    cluster.resume('a', () => {
      asked = cluster.read('a');
    });
    expect(cluster.node('a').ready.has(asked)).toBe(false);
    cluster.run(10);
    expect(cluster.node('a').ready.get(asked)?.index).toBe(3);
  });

  it('H9: of an earlier life of a follower are not taken for those of its present one', () => {
    const cluster = led();
    cluster.fate = (_from, _to, { type }) => (type === 'heartbeat-reply' ? [] : [1]);
    cluster.read('b');
    cluster.run(5);
    // The leader has begun a round for it at commit 3, and nobody answers the round yet.
    cluster.restart('b');
    cluster.propose('a', 'y');
    cluster.run(25);
    expect(cluster.node('a').engine.commit).toBe(4);
    // Ids begin anew with the process.
    const again = cluster.read('b');
    cluster.fate = () => [1];
    cluster.run(60);
    expect(cluster.node('b').ready.get(again)?.index).toBe(4);
  });

  it('of a follower fail when its bond to the leader ends, and when it hears nothing for an election timeout', () => {
    const cluster = led();
    cluster.cut('b', 'a');
    const lost = cluster.read('b');
    cluster.run(TIMING.electionMinMs + 5);
    expect(cluster.node('b').failed.has(lost)).toBe(true);
    const unbound = cluster.read('b');
    cluster.unbond('a', 'b');
    expect(cluster.node('b').failed.has(unbound)).toBe(true);
    const refused = cluster.read('b');
    expect(cluster.node('b').failed.has(refused)).toBe(true);
  });

  it('tell the group time of the newest committed entry, not of one that may never be', () => {
    const cluster = led();
    const { stamp } = cluster.node('a').disk.durable[2] ?? { stamp: -1 };
    cluster.fate = (_from, _to, { type }) => (type === 'append' ? [] : [1]);
    cluster.wallOf = () => 9_000_000;
    cluster.propose('a', 'never committed');
    const read = cluster.read('b');
    cluster.run(10);
    expect(cluster.node('b').ready.get(read)).toMatchObject({ index: 3, stamp });
  });

  it('count voters alone', () => {
    const bench = new Bench({ learners: ['d', 'e'] });
    for (const peer of ['d', 'e']) bench.step({ type: 'bonded', peer: key(peer), boot: '1' });
    // A node that lost its disk is somebody else.
    bench.step({ type: 'bonded', peer: key('c', 1), boot: '1' });
    bench.lead();
    bench.sync();
    bench.hear('b', ack(2, 2));
    bench.step({ type: 'read', id: 1 });
    bench.step({ type: 'turn-end' });
    for (const peer of ['d', 'e']) expect(readyIds(bench.hear(peer, beat(2, 9, 2)))).toEqual([]);
    const reply = beat(2, 9, 2);
    expect(readyIds(bench.step({ type: 'message', from: key('c', 1), message: reply }))).toEqual([]);
    expect(readyIds(bench.hear('b', beat(2, 9, 2)))).toEqual(['read-ready']);
  });

  it('need no round in a group of one', () => {
    const bench = new Bench({ voters: ['a'] });
    bench.tick();
    bench.sync();
    bench.step({ type: 'propose', drafts: [command('x')] });
    bench.sync();
    bench.step({ type: 'read', id: 1 });
    expect(readyIds(bench.step({ type: 'turn-end' }))).toEqual(['read-ready']);
  });
});
