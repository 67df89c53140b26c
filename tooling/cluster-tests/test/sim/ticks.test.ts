import { describe, expect, it } from 'vitest';
import { CounterCluster, outcomeOf } from '../../src/counter-cluster.ts';
import { type Lease, LeaseMachine } from '../../src/leases.ts';
import { type Member, SimCluster } from '../../src/sim-cluster.ts';

class LeaseCluster extends SimCluster<Lease, string, boolean, LeaseMachine> {
  constructor(seed = 1) {
    super({ size: 3, machine: () => new LeaseMachine(), simulation: { seed } });
  }

  /** A leader and a follower of it. */
  async pair(): Promise<readonly [leader: LeaseMember, follower: LeaseMember]> {
    const leader = await this.untilLeader();
    const [follower] = this.others(leader);
    if (follower === undefined) throw new Error('no follower');
    return [leader, follower];
  }

  take(member: LeaseMember, name: string, ms: number): Promise<unknown> {
    return this.sim.complete(member.group.execute({ name, ms }));
  }

  async holds(member: LeaseMember, name: string): Promise<boolean> {
    return (await this.sim.complete(member.group.query(name, 'strong'))).result;
  }

  expectEqual(): void {
    const [first, ...others] = this.running;
    for (const other of others) expect(other.machine.history).toEqual(first?.machine.history);
  }
}

type LeaseMember = Member<Lease, string, boolean, LeaseMachine>;

/** The clock of the node jumps, with nobody being told. */
function jump(member: LeaseMember, ms: number): void {
  member.sim.wall.offset += ms;
}

describe('group time', () => {
  it.each([
    [-11_000, 0],
    [11_000, 0],
    [0, -11_000],
    [0, 11_000],
  ])(
    'H18: is the same on all nodes, with a follower %i ms off and its leader %i ms',
    async (ofOne, ofLeader) => {
      const cluster = await new LeaseCluster().ready();
      const [leader, follower] = await cluster.pair();
      jump(follower, ofOne);
      jump(leader, ofLeader);
      // A clock that was set back reaches group time again.
      await cluster.sim.runFor(12_000);
      await cluster.take(follower, 'a', 5_000);
      await cluster.sim.runFor(4_900);
      for (const member of cluster.running) expect(await cluster.holds(member, 'a'), member.id).toBe(true);
      await cluster.sim.runFor(200);
      for (const member of cluster.running) expect(await cluster.holds(member, 'a'), member.id).toBe(false);
      await cluster.take(follower, 'b', 5_000);
      await cluster.converge();
      cluster.expectEqual();
      const times = leader.machine.history.map(({ time }) => time);
      expect(times).toEqual([...times].sort((a, b) => a - b));
    },
  );

  it('H18: does not go back with a new leader whose clock is behind', async () => {
    const cluster = await new LeaseCluster().ready();
    const [leader] = await cluster.pair();
    for (const other of cluster.others(leader)) jump(other, -11_000);
    await cluster.take(leader, 'a', 1_000);
    await cluster.sim.runFor(1_100);
    expect(await cluster.holds(leader, 'a')).toBe(false);
    await cluster.take(leader, 'b', 1_000);
    cluster.crash(leader.id);
    const heir = await cluster.untilLeader();
    expect(await cluster.holds(heir, 'a')).toBe(false);
    expect(await cluster.holds(heir, 'b')).toBe(true);
    await cluster.take(heir, 'c', 1);
    // Its clock reaches the group time first, and then passes the deadline.
    await cluster.sim.runFor(13_000);
    expect(await cluster.holds(heir, 'b')).toBe(false);
    await cluster.boot(leader.id);
    await cluster.converge();
    cluster.expectEqual();
    const { history } = heir.machine;
    for (const [i, { time }] of history.entries())
      expect(time).toBeGreaterThanOrEqual(history[i - 1]?.time ?? 0);
  });
});

describe('ticks', () => {
  it('are one for a deadline, when the clock of the leader has passed it', async () => {
    const cluster = await new LeaseCluster().ready();
    const [leader, follower] = await cluster.pair();
    await cluster.take(follower, 'a', 1_000);
    await cluster.take(follower, 'b', 30_000);
    const { last } = leader.group.status().log;
    await cluster.sim.runFor(900);
    expect(leader.group.status().log.last).toBe(last);
    await cluster.sim.runFor(200);
    for (const { machine } of cluster.running)
      expect([machine.ticks, machine.query('a')]).toEqual([1, false]);
    await cluster.sim.runFor(28_000);
    expect(leader.group.status().log.last).toBe(last + 1);
    await cluster.sim.runFor(60_000);
    for (const { machine } of cluster.running)
      expect([machine.ticks, machine.query('b')]).toEqual([2, false]);
    expect(leader.group.status().log.last).toBe(last + 2);
    cluster.expectEqual();
  });

  it('are not committed in a group whose machine names no deadline', async () => {
    const leases = await new LeaseCluster().ready();
    const counter = await new CounterCluster().ready();
    for (const cluster of [leases, counter]) {
      const { group } = await cluster.untilLeader();
      const { last } = group.status().log;
      await cluster.sim.runFor(60_000);
      expect(group.status().log.last).toBe(last);
    }
    for (const member of leases.running) expect(await leases.holds(member, 'a')).toBe(false);
    expect((await leases.untilLeader()).group.status().log.last).toBe(2);
  });

  it('come before a strong read past the deadline, wherever it is asked', async () => {
    for (const at of ['leader', 'follower'] as const) {
      const cluster = await new LeaseCluster().ready();
      const [leader, follower] = await cluster.pair();
      const asked = at === 'leader' ? leader : follower;
      await cluster.take(leader, 'a', 100_000);
      await cluster.take(leader, 'b', 200_000);
      expect(await cluster.holds(asked, 'a')).toBe(true);
      // The leader's timer is not due before: only the reads look at the clock.
      jump(leader, 150_000);
      const answers = ['a', 'b', 'a'].map((name) => asked.group.query(name, 'strong'));
      const results = (await cluster.sim.complete(Promise.all(answers))).map(({ result }) => result);
      expect(results).toEqual([false, true, false]);
      jump(leader, 100_000);
      expect(await cluster.holds(asked, 'b')).toBe(false);
      await cluster.converge();
      for (const { machine } of cluster.running) expect(machine.ticks).toBe(2);
      cluster.expectEqual();
    }
  });

  it('cover a read that comes while the tick for an earlier deadline is under way', async () => {
    const cluster = await new LeaseCluster().ready();
    const [leader] = await cluster.pair();
    await cluster.take(leader, 'a', 100_000);
    await cluster.take(leader, 'b', 200_000);
    jump(leader, 150_000);
    const { last } = leader.group.status().log;
    const early = leader.group.query('b', 'strong');
    expect(await cluster.sim.runUntil(() => leader.group.status().log.last > last, 100)).toBe(true);
    jump(leader, 100_000);
    const late = leader.group.query('b', 'strong');
    const results = await cluster.sim.complete(Promise.all([early, late]));
    expect(results[1]?.result).toBe(false);
    expect(leader.machine.ticks).toBe(2);
  });

  it('come between a read and the command after it, of one handle', async () => {
    const cluster = await new LeaseCluster().ready();
    const [leader] = await cluster.pair();
    await cluster.take(leader, 'a', 100_000);
    jump(leader, 150_000);
    const handle = leader.group.handle();
    const read = handle.query('a', 'strong');
    const write = handle.execute({ name: 'b', ms: 1_000 });
    const [{ result, at }, written] = await cluster.sim.complete(Promise.all([read, write]));
    expect(result).toBe(false);
    expect(at.index).toBe(written.at.index - 1);
  });

  it('come before the first read of a new leader, if the deadline passed while none led', async () => {
    const cluster = await new LeaseCluster().ready();
    const [leader, follower] = await cluster.pair();
    await cluster.take(leader, 'a', 100);
    cluster.crash(leader.id);
    const answer = follower.group.query('a', 'strong');
    await cluster.untilLeader();
    expect((await cluster.sim.complete(answer)).result).toBe(false);
    await cluster.sim.runFor(1_000);
    expect(follower.machine.ticks).toBe(1);
  });

  it('are waited for no longer than a leader leads', async () => {
    const cluster = await new LeaseCluster().ready();
    const [leader] = await cluster.pair();
    await cluster.take(leader, 'a', 100_000);
    cluster.isolate(leader.id);
    jump(leader, 150_000);
    const lost = leader.group.query('a', 'strong');
    const heir = await cluster.sim.complete(
      cluster.others(leader)[0]?.group.when.leaderChanged() ?? Promise.reject(new Error('nobody')),
    );
    expect(heir).not.toBe(leader.id);
    await cluster.untilLeader();
    cluster.heal();
    // By the new leader's clock the lease holds: the old one's was wrong, and its tick came to nothing.
    expect((await cluster.sim.complete(lost)).result).toBe(true);
    await cluster.converge();
    for (const { machine } of cluster.running) expect(machine.ticks).toBe(0);
  });

  it('are few for a machine that names the past for ever', async () => {
    const cluster = await new LeaseCluster().ready();
    const [leader] = await cluster.pair();
    for (const { machine } of cluster.running) machine.sabotage = { method: 'nextDeadline', run: () => 0 };
    await cluster.take(leader, 'a', 1);
    const before = leader.machine.ticks;
    await cluster.sim.runFor(10_000);
    expect(leader.machine.ticks - before).toBeGreaterThan(100);
    expect(leader.machine.ticks - before).toBeLessThanOrEqual(401);
    expect(await cluster.holds(leader, 'a')).toBe(false);
  });

  it.each(['tick', 'nextDeadline'] as const)(
    'stop applying where %s throws, and nowhere else',
    async (method) => {
      const cluster = await new LeaseCluster().ready();
      const [leader] = await cluster.pair();
      await cluster.take(leader, 'a', 1_000);
      await cluster.converge();
      const run = (): never => {
        throw new Error('a bug');
      };
      leader.machine.sabotage = { method, run };
      jump(leader, 2_000);
      const { error } = await cluster.sim.complete(outcomeOf(leader.group.query('a', 'strong')));
      expect(error).toMatchObject({ code: 'MACHINE_FAILED' });
      expect(
        await cluster.sim.runUntil(() => cluster.leader !== null && cluster.leader !== leader, 20_000),
      ).toBe(true);
      const heir = await cluster.untilLeader();
      await cluster.sim.runFor(2_000);
      expect(await cluster.holds(heir, 'a')).toBe(false);
      expect(leader.faults).toEqual([]);
    },
  );
});
