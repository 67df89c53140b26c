import { describe, expect, it } from 'vitest';
import { ack, append, at, Bench, beat, heartbeat } from './support/bench.ts';
import { Cluster } from './support/cluster.ts';
import { figure8 } from './support/figure-8.ts';
import { command, TIMING } from './support/members.ts';

describe('commitment (Raft §5.3, §5.4)', () => {
  it('needs a majority of the configured voters, on disk, the leader’s own included', () => {
    const bench = new Bench({ voters: ['a', 'b', 'c', 'd', 'e'] });
    bench.lead('b', 'c');
    bench.hear('b', ack(2, 2), 'slow');
    bench.hear('c', ack(2, 2), 'slow');
    bench.hear('d', ack(2, 2), 'slow');
    // Three of five have it, and the leader would be the fourth: what it has not on disk it does not apply.
    expect(bench.engine.commit).toBe(1);
    bench.sync();
    expect(bench.engine.commit).toBe(2);
  });

  it('counts each voter once, and no answer of another term', () => {
    const bench = new Bench({ voters: ['a', 'b', 'c', 'd', 'e'] });
    bench.lead('b', 'c');
    bench.sync();
    for (let i = 0; i < 5; i++) bench.hear('b', ack(2, 2));
    bench.hear('c', ack(1, 2));
    expect(bench.engine.commit).toBe(1);
    bench.hear('c', beat(2, 0, 2));
    expect(bench.engine.commit).toBe(2);
  });

  it('begins a term with an entry of it (Raft §8)', () => {
    const bench = new Bench({ log: [1, 1] });
    const [first] = bench.lead().flatMap((effect) => (effect.type === 'persist' ? effect.entries : []));
    expect(first).toMatchObject({ index: 4, term: 2, kind: 2 });
  });

  it('H8: an older term is not committed by counting', () => {
    const bench = new Bench({ log: [1, 1, 1] });
    bench.lead();
    bench.sync();
    bench.hear('b', ack(2, 4));
    bench.hear('c', ack(2, 4));
    expect(bench.engine.commit).toBe(1);
    bench.hear('b', ack(2, 5));
    expect(bench.engine.commit).toBe(5);
  });

  it('H8: what a majority holds of an older term can still be replaced (Raft figure 8)', () => {
    const { afterCopying, cluster } = figure8();
    expect(afterCopying).toBe(1);
    for (const node of cluster.up) expect(node.disk.durable[1]?.term).toBe(3);
    for (const node of cluster.up) expect(node.engine.commit).toBe(3);
  });

  it('is told to followers, who follow as far as they have it on disk and verified', () => {
    const bench = new Bench();
    bench.hear('b', append(2, at(1, 1), [2, 2], 3), 'slow');
    expect(bench.engine.commit).toBe(1);
    bench.complete();
    expect(bench.engine.commit).toBe(3);
    bench.hear('b', heartbeat(2, 9, 1, 9));
    expect(bench.engine.commit).toBe(3);
  });

  it('never goes back, nor is forgotten by a restart further than the last write', () => {
    const cluster = new Cluster();
    cluster.elect('a');
    for (let i = 0; i < 5; i++) {
      cluster.propose('a', `${i}`);
      cluster.run(10);
    }
    const before = cluster.node('b').engine.commit;
    cluster.restart('b');
    expect(cluster.node('b').engine.commit).toBeGreaterThanOrEqual(before - 1);
    cluster.run(3 * TIMING.heartbeatMs);
    expect(cluster.node('b').engine.commit).toBe(before);
  });

  it('survives any minority (Raft §5.4.3)', () => {
    const cluster = new Cluster({ size: 5 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      cluster.runUntil(() => cluster.leader !== undefined);
      const leader = cluster.leader?.name ?? '';
      const [entry] = cluster.propose(leader, name);
      cluster.runUntil(() => cluster.node(leader).engine.commit >= (entry?.index ?? 0));
      cluster.crash(leader);
      cluster.runUntil(() => cluster.leader !== undefined);
      cluster.restart(leader);
      cluster.run(TIMING.electionMaxMs);
    }
    const log = cluster.leader?.disk.durable ?? [];
    expect(log.filter(({ kind }) => kind === 3).length).toBe(5);
  });

  it('gives group time that never goes back, whatever the clocks say', () => {
    const cluster = new Cluster();
    cluster.wallOf = (name) => ({ a: 5_000_000, b: 10, c: 700 })[name] ?? 0;
    cluster.elect('a');
    cluster.propose('a', 'x');
    cluster.run(20);
    cluster.crash('a');
    cluster.runUntil(() => cluster.leader !== undefined);
    cluster.propose(cluster.leader?.name ?? '', 'y');
    cluster.run(20);
    const stamps = cluster.leader?.disk.durable.map(({ stamp }) => stamp) ?? [];
    expect(stamps).toEqual([...stamps].sort((x, y) => x - y));
    expect(stamps.at(-1)).toBeGreaterThanOrEqual(5_000_000);
  });

  it('happens in one step of the disk in a group of one', () => {
    const bench = new Bench({ voters: ['a'] });
    bench.tick();
    bench.sync();
    bench.step({ type: 'propose', drafts: [command('x')] });
    expect(bench.engine.commit).toBe(2);
    bench.complete();
    expect(bench.engine.commit).toBe(3);
  });
});
