import { describe, expect, it } from 'vitest';
import { CounterCluster, outcomeOf } from '../../src/counter-cluster.ts';

describe('the status of a group', () => {
  it('tells the leader how far each member is, and when it was heard', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const [away, other] = cluster.others(leader);
    if (away === undefined || other === undefined) throw new Error('a cluster of less than three');
    await sim.complete(leader.group.execute(1));
    await sim.runFor(1000);
    for (const member of leader.group.status().members) {
      expect(member).toMatchObject({ lag: 0, match: leader.group.status().log.last, role: 'voter' });
      const self = member.id === leader.id;
      expect(member).toMatchObject(
        self
          ? { mode: null, inflightBytes: null, heardMs: null, bonded: false }
          : { mode: 'replicate', inflightBytes: 0, heardMs: expect.any(Number), bonded: true },
      );
      if (!self) expect(member.heardMs).toBeLessThan(1_000);
    }
    cluster.isolate(away.id);
    const silent = sim.now;
    for (let i = 0; i < 5; i++) await sim.complete(leader.group.execute(1));
    await sim.runFor(700);
    const { members } = leader.group.status();
    const [far, near] = [away, other].map(({ id }) => members.find((member) => member.id === id));
    expect(far?.lag).toBe(5);
    expect(far?.heardMs).toBeGreaterThanOrEqual(Math.floor(sim.now - silent - 1));
    expect(near).toMatchObject({ lag: 0, bonded: true });
  });

  it('tells a follower when it heard the leader, and nothing that only the leader knows', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const [follower] = cluster.others(leader);
    await sim.complete(leader.group.execute(1));
    await sim.runFor(1000);
    const { members = [] } = follower?.group.status() ?? {};
    expect(members).toHaveLength(3);
    for (const member of members) {
      expect(member).toMatchObject({ match: null, lag: null, mode: null, inflightBytes: null });
      if (member.id === leader.id) expect(member.heardMs).toBeLessThan(1_000);
      else expect(member.heardMs).toBeNull();
    }
  });

  it('tells what waits at a node', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const none = { commands: 0, commandBytes: 0, reads: 0 };
    expect(leader.group.status().pending).toEqual(none);
    cluster.isolate(leader.id);
    const waits = [
      outcomeOf<unknown>(leader.group.execute(1, { timeoutMs: 300 })),
      outcomeOf<unknown>(leader.group.query(undefined, 'strong', { timeoutMs: 300 })),
      outcomeOf<unknown>(leader.group.query(undefined, 'strong', { timeoutMs: 300 })),
    ];
    await sim.runFor(100);
    const { commandBytes, ...counts } = leader.group.status().pending;
    expect(counts).toEqual({ commands: 1, reads: 2 });
    expect(commandBytes).toBeGreaterThan(0);
    await sim.complete(Promise.all(waits));
    // Its number is not used up yet: that waits for a leader.
    expect(leader.group.status().pending).toMatchObject({ commands: 1, reads: 0 });
    cluster.heal();
    const isOver = await sim.runUntil(() => leader.group.status().pending.commands === 0, 20_000);
    expect(isOver).toBe(true);
    expect(leader.group.status().pending).toEqual(none);
  });
});
