import { describe, expect, it } from 'vitest';
import { ack, Bench, beat, to } from './support/bench.ts';
import { Chaos } from './support/chaos.ts';
import { Cluster } from './support/cluster.ts';
import { TIMING } from './support/members.ts';

/** A cluster of three that a leads, with something committed. */
function led(size = 3): Cluster {
  const cluster = new Cluster({ size });
  cluster.elect('a');
  cluster.propose('a', 'x');
  cluster.run(10);
  return cluster;
}

/** How old what that node knows to be committed is, by its clock. */
function ageAt(cluster: Cluster, name: string): number {
  const node = cluster.node(name);
  return cluster.clockOf(node) - (node.engine.fresh?.at ?? Number.NEGATIVE_INFINITY);
}

describe('how fresh a state is', () => {
  it('is unknown until a quorum has answered a round that began after an entry of the term was committed', () => {
    const bench = new Bench();
    bench.lead();
    bench.sync();
    bench.hear('b', beat(2, 1, 1));
    expect(bench.engine.fresh).toBeNull();
    bench.hear('b', ack(2, 2));
    const [sent] = to(bench.tick(), 'b');
    const begun = bench.now;
    bench.now += 7;
    expect(bench.engine.fresh).toBeNull();
    bench.hear('b', beat(2, sent?.type === 'heartbeat' ? sent.round : -1, 2));
    expect(bench.engine.fresh).toEqual({ at: begun, index: 2 });
  });

  it('is known to a leader and its followers by heartbeats alone, to within a few of them', () => {
    const cluster = led();
    cluster.run(5 * TIMING.heartbeatMs);
    for (let i = 0; i < 20; i++) {
      cluster.run(7);
      expect(ageAt(cluster, 'a')).toBeLessThanOrEqual(TIMING.heartbeatMs + 3);
      for (const name of ['b', 'c']) {
        expect(ageAt(cluster, name)).toBeLessThanOrEqual(3 * TIMING.heartbeatMs + 3);
      }
    }
  });

  it('is known at once in a group of one', () => {
    const cluster = led(1);
    cluster.run(TIMING.heartbeatMs);
    expect(ageAt(cluster, 'a')).toBeLessThanOrEqual(TIMING.heartbeatMs);
  });

  it('is known to a follower from a strong read that it asked', () => {
    const cluster = led();
    cluster.fate = (_from, _to, { type }) => (type === 'heartbeat-reply' ? [3] : [1]);
    const asked = cluster.clockOf(cluster.node('b'));
    const read = cluster.read('b');
    cluster.runUntil(() => cluster.node('b').ready.has(read));
    expect(cluster.node('b').engine.fresh?.at).toBeGreaterThanOrEqual(asked);
  });

  it('H34: grows with the time for which a node stood still', () => {
    const cluster = led();
    cluster.run(5 * TIMING.heartbeatMs);
    for (const name of ['a', 'b']) {
      cluster.pause(name);
      cluster.run(60_000);
      cluster.resume(name, () => expect(ageAt(cluster, name)).toBeGreaterThanOrEqual(60_000));
      cluster.run(20 * TIMING.electionMaxMs);
    }
  });

  it('grows on both sides of a cut, where nobody commits', () => {
    const cluster = led();
    cluster.run(5 * TIMING.heartbeatMs);
    cluster.partition(['a'], ['b'], ['c']);
    cluster.run(1000);
    for (const name of ['a', 'b', 'c']) expect(ageAt(cluster, name)).toBeGreaterThanOrEqual(990);
  });

  it('is never better than the truth, whatever happens', () => {
    let known = 0;
    for (let seed = 1000; seed < 1040; seed++) {
      known += new Chaos({ size: seed % 2 === 0 ? 3 : 5, seed }).cluster.checker.fresh;
    }
    expect(known).toBeGreaterThan(1000);
  });
});
