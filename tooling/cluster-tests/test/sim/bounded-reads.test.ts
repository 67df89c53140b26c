import { describe, expect, it } from 'vitest';
import { CounterCluster, outcomeOf } from '../../src/counter-cluster.ts';

/** A group in which nothing happens rests, and ages grow: here something does. */
async function busy(cluster: CounterCluster, ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 50) {
    void cluster.leader?.group.feed(0).catch(() => {});
    await cluster.sim.runFor(50);
  }
}

describe('a query that says how old its answer may be', () => {
  it('is answered at once by whatever node is fresh enough, and says how old the answer may be', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    await sim.complete(leader.group.execute(8));
    await busy(cluster, 2000);
    for (const { group } of cluster.running) {
      const before = sim.now;
      const { result, ageMs } = await sim.complete(group.query(undefined, { maxAgeMs: 1000 }));
      expect(sim.now).toBe(before);
      expect(result).toBe(8);
      expect(ageMs).toBeLessThanOrEqual(500);
      const weak = await sim.complete(group.query(undefined, 'weak'));
      expect(weak.ageMs).toBe(ageMs);
      expect(group.status().ageMs).toBe(ageMs);
    }
  });

  it('is asked of the leader if what the node has is older, and is as fresh as a strong one then', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const [follower] = cluster.others(leader);
    await sim.complete(leader.group.execute(8));
    const asked = sim.now;
    const { result, ageMs } = await sim.complete(
      follower?.group.query(undefined, { maxAgeMs: 0 }) ?? Promise.reject(new Error('nobody')),
    );
    expect(result).toBe(8);
    expect(ageMs).toBeLessThanOrEqual(Math.ceil(sim.now - asked));
    expect(sim.now).toBeGreaterThan(asked);
  });

  it('fails at its deadline on a node that is cut off for longer; a weak one tells its age', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const [follower] = cluster.others(leader);
    if (follower === undefined) throw new Error('no follower');
    await sim.complete(leader.group.execute(8));
    await busy(cluster, 1000);
    cluster.isolate(follower.id);
    await sim.complete(leader.group.execute(1));
    await sim.runUntil(() => false, 5000);
    const bounded = await outcomeOf(
      sim.complete(follower.group.query(undefined, { maxAgeMs: 4000 }, { timeoutMs: 500 })),
    );
    expect(bounded.error).toMatchObject({ code: 'TIMEOUT', outcome: 'none' });
    const weak = await sim.complete(follower.group.query(undefined, 'weak'));
    expect(weak.result).toBe(8);
    expect(weak.ageMs).toBeGreaterThanOrEqual(5000);
  });

  it('H34: of a node that stood still for a minute is not answered from what it had', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      for (const which of ['leader', 'follower'] as const) {
        const cluster = await new CounterCluster({ seed }).ready();
        const { sim } = cluster;
        const leader = await cluster.untilLeader();
        const paused = which === 'leader' ? leader : (cluster.others(leader)[0] ?? leader);
        await sim.complete(leader.group.execute(8));
        await busy(cluster, 1000);
        paused.sim.pause();
        const other = cluster.others(paused).find(({ group }) => group.status().role === 'leader');
        await sim.runUntil(
          () => cluster.others(paused).some(({ group }) => group.status().role === 'leader'),
          20_000,
        );
        const writer = other ?? cluster.others(paused)[0];
        await sim.complete(
          writer?.group.execute(1, { timeoutMs: 30_000 }) ?? Promise.reject(new Error('nobody')),
        );
        const age = 60_000;
        await sim.runUntil(() => false, age);
        // What it does first, before anything that arrived meanwhile.
        const asked = [
          outcomeOf(paused.group.query(undefined, { maxAgeMs: age / 2 })),
          outcomeOf(paused.group.query(undefined, 'strong')),
        ];
        const weak = outcomeOf(paused.group.query(undefined, 'weak'));
        paused.sim.resume();
        const answers = await sim.complete(Promise.all(asked));
        for (const { value, error } of answers) {
          if (error !== null) expect(error.code).toBe('TIMEOUT');
          else expect(value?.result).toBe(9);
        }
        const { value } = await sim.complete(weak);
        if (value?.result === 8) expect(value.ageMs).toBeGreaterThanOrEqual(age);
      }
    }
  });

  it('costs a group at rest one round, and none soon after', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    await sim.runFor(60_000);
    const [follower] = cluster.others(leader);
    if (follower === undefined) throw new Error('no follower');
    const ask = () => sim.complete(follower.group.query(undefined, { maxAgeMs: 1000 }));
    const asked = sim.now;
    await ask();
    expect(sim.now).toBeGreaterThan(asked);
    const again = sim.now;
    await ask();
    expect(sim.now).toBe(again);
  });

  it('is refused if it does not say so sensibly', async () => {
    const cluster = await new CounterCluster().ready();
    for (const maxAgeMs of [-1, Number.NaN, '5' as unknown as number]) {
      const { error } = await outcomeOf(
        cluster.sim.complete(
          cluster.running[0]?.group.query(undefined, { maxAgeMs }) ?? Promise.resolve(null),
        ),
      );
      expect(error).toMatchObject({ code: 'BAD_OPTION', message: expect.stringContaining('maxAgeMs') });
    }
  });
});
