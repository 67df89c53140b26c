import { RejectCommand } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { CounterMachine } from '../../src/counter.ts';
import { CounterCluster, outcomeOf } from '../../src/counter-cluster.ts';

describe('a group does what the rows of the contract say', () => {
  it('executes on leader and followers, and goes on when the leader is killed', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const [follower] = cluster.others(leader);
    const at: number[] = [];
    const execute = async (command: number, by = follower): Promise<number | undefined> => {
      const done = await sim.complete(by?.group.execute(command) ?? Promise.reject(new Error('nobody')));
      at.push(done.at.index);
      return done.result;
    };
    await execute(3, leader);
    expect(await execute(4, leader)).toBe(7);
    expect(await execute(-2)).toBe(5);
    cluster.kill(leader.id);
    await cluster.untilLeader();
    const before = at.length;
    await execute(5);
    await execute(6);
    expect(await execute(7)).toBe(23);
    const { group } = follower ?? leader;
    const run = await sim.complete(group.executeMany([1, 3, 4]));
    expect(run.results).toEqual([24, 27, 31]);
    expect(run.last - run.first).toBe(2);
    expect(run.first).toBe((at.at(-1) ?? 0) + 1);
    expect(at.slice(0, before).map((index) => index - (at[0] ?? 0))).toEqual([0, 1, 2]);
    expect(at.slice(before).map((index) => index - (at[before] ?? 0))).toEqual([0, 1, 2]);
    await cluster.boot(leader.id);
    await cluster.converge();
    cluster.expectEqual();
    expect(cluster.member(leader.id).machine.value).toBe(31);
  });

  it.each(['leader', 'follower'] as const)(
    'feeds by the %s: places at once, the value later',
    async (who) => {
      const cluster = await new CounterCluster().ready();
      const { sim } = cluster;
      const leader = await cluster.untilLeader();
      const { group } = who === 'leader' ? leader : (cluster.others(leader)[0] ?? leader);
      const base = group.status().log.last;
      const first = await sim.complete(group.feed(1));
      const second = await sim.complete(group.feed(2));
      const many = await sim.complete(group.feedMany([3, 4, 5]));
      const places = [first.first, first.last, second.first, second.last, many.first, many.last];
      expect(places.map((index) => index - base)).toEqual([1, 1, 2, 2, 3, 5]);
      expect(first.term).toBe(leader.group.status().term);
      await sim.complete(group.when.reaches('applied', many.last));
      expect((await sim.complete(group.query(undefined, 'weak'))).result).toBe(15);
    },
  );

  it('a place does not say that the command is accepted: a refused one was fed too', async () => {
    const cluster = await new CounterCluster().ready();
    const leader = await cluster.untilLeader();
    const fed = await cluster.sim.complete(leader.group.feed(0));
    await cluster.sim.complete(leader.group.when.reaches('applied', fed.last));
    expect(leader.machine.value).toBe(0);
  });

  it('a refused command is a result, on every replica alike', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    for (const { group } of cluster.running) {
      const { error } = await outcomeOf(sim.complete(group.execute(0)));
      expect(error).toMatchObject({
        code: 'REJECTED',
        outcome: 'not-applied',
        cause: expect.any(RejectCommand),
      });
    }
    await cluster.converge();
    cluster.expectEqual();
    for (const { group } of cluster.running) expect(group.status().trouble).toBeNull();
  });

  it('of a run that is refused in part it never says that nothing was done', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const part = await outcomeOf(sim.complete(leader.group.executeMany([1, 0, 2])));
    expect(part.error).toMatchObject({
      code: 'REJECTED',
      outcome: 'unknown',
      details: { refused: [1], of: 3 },
    });
    expect(leader.machine.value).toBe(3);
    const whole = await outcomeOf(sim.complete(leader.group.executeMany([0, 0])));
    expect(whole.error).toMatchObject({ code: 'REJECTED', outcome: 'not-applied' });
  });

  it('answers weak and strong queries with the position that they are of', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const done = await sim.complete(leader.group.execute(8));
    for (const { group } of cluster.running) {
      const strong = await sim.complete(group.query(undefined, 'strong'));
      expect(strong).toMatchObject({ result: 8, at: done.at });
    }
    const [follower] = cluster.others(leader);
    if (follower === undefined) throw new Error('no follower');
    cluster.isolate(follower.id);
    await sim.complete(leader.group.execute(1));
    const weak = await sim.complete(follower.group.query(undefined, 'weak'));
    expect(weak).toMatchObject({ result: 8, at: done.at });
  });

  it('a callback that asks at once is told the position of what it was called for', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    for (const { group } of cluster.running) {
      const seen: { result: number; index: number; wrote: number }[] = [];
      const wait = new Promise<void>((resolve) => {
        let wrote = 0;
        group.submit(5, (_, done) => {
          wrote = done?.at.index ?? 0;
        });
        group.ask(undefined, (_, answer) => {
          seen.push({ result: answer?.result ?? 0, index: answer?.at.index ?? 0, wrote });
          resolve();
        });
      });
      await sim.complete(wait);
      const [only] = seen;
      expect(only?.wrote).toBeGreaterThan(0);
      expect(only?.index).toBe(only?.wrote);
    }
  });

  it('joining twice gives the same group, and leaving it ends what waits', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const [first] = cluster.running;
    if (first === undefined) throw new Error('nobody runs');
    const again = await sim.complete(first.node.join(cluster.joinOptions(first.id)));
    expect(again).toBe(first.group);
    const other = first.group.handle();
    cluster.isolate(first.id);
    await sim.runFor(5000);
    const waits = [other.execute(1), other.query(undefined, 'strong'), first.group.when.leaderElected()];
    const ends = waits.map((wait) => outcomeOf(wait as Promise<unknown>));
    await sim.complete(Promise.resolve(first.group[Symbol.asyncDispose]()));
    for (const end of ends) expect((await sim.complete(end)).error?.code).toBe('GROUP_CLOSED');
    expect((await outcomeOf(sim.complete(other.execute(1)))).error?.code).toBe('GROUP_CLOSED');
    cluster.heal();
    for (const { group } of cluster.others(first)) {
      await sim.runUntil(() => group.status().bonds.length === 1, 10_000);
      expect(group.status().bonds).toHaveLength(1);
    }
  });

  it('a group can be joined again while it is being left', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    await sim.complete(leader.group.execute(4));
    const leaving = leader.group.close();
    const again = leader.node.join({ ...cluster.joinOptions(leader.id), machine: new CounterMachine() });
    await sim.complete(leaving);
    const group = await sim.complete(again);
    expect(group).not.toBe(leader.group);
    expect((await sim.complete(group.query(undefined, 'strong'))).result).toBe(4);
  });
});
