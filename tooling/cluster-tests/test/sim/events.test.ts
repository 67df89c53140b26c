import type { GroupEvent } from '@smalti/raft';
import { describe, expect, it } from 'vitest';
import { CatchUpCluster } from '../../src/catch-up-cluster.ts';
import { CounterMachine } from '../../src/counter.ts';
import { CounterCluster, outcomeOf } from '../../src/counter-cluster.ts';

/** Reads events from now on. */
function listen(events: AsyncIterable<GroupEvent>): {
  readonly seen: GroupEvent[];
  readonly over: Promise<void>;
} {
  const seen: GroupEvent[] = [];
  const over = (async () => {
    for await (const event of events) seen.push(event);
  })();
  return { seen, over };
}

function types(seen: readonly GroupEvent[]): string[] {
  return seen.map(({ type }) => type);
}

describe('the events of a group', () => {
  it('tell of roles, leaders and being online, in the order in which they happen', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const { term } = leader.group.status();
    const { seen, over } = listen(leader.group.events());
    cluster.isolate(leader.id);
    await sim.complete(leader.group.when.leaderChanged());
    await sim.runFor(1);
    expect(seen).toContainEqual(expect.objectContaining({ type: 'role', role: 'follower', term }));
    expect(seen).toContainEqual(expect.objectContaining({ type: 'online', online: false }));
    expect(seen).toContainEqual(expect.objectContaining({ type: 'leader', leader: null }));
    expect(seen).toContainEqual(expect.objectContaining({ type: 'note', level: 'warn' }));
    cluster.heal();
    await sim.complete(leader.group.when.online());
    await sim.runFor(10);
    const heir = leader.group.status().leader;
    expect(seen.findLast(({ type }) => type === 'leader')).toMatchObject({ leader: heir });
    expect(seen.findLast(({ type }) => type === 'online')).toMatchObject({ online: true });
    const times = seen.map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    await sim.complete(leader.group.close());
    await sim.complete(over);
  });

  it('tell of peers that go and come', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const [follower] = cluster.others(leader);
    if (follower === undefined) throw new Error('no follower');
    const { seen } = listen(leader.group.events());
    cluster.kill(follower.id);
    await sim.runUntil(() => types(seen).includes('unbonded'), 20_000);
    await cluster.boot(follower.id);
    await sim.runUntil(() => types(seen).includes('bonded'), 20_000);
    const { incarnation } = follower.group.status();
    const peer = { peer: follower.id, incarnation };
    const told = seen.filter(({ type }) => type === 'unbonded' || type === 'bonded');
    expect(told).toMatchObject([
      { type: 'unbonded', ...peer, code: expect.any(String) },
      { type: 'bonded', ...peer },
    ]);
  });

  it('tell of a full disk, and of its having room again', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const { seen } = listen(leader.group.events());
    await sim.runFor(200);
    cluster.memory(leader.id).capacity = 400;
    const end = outcomeOf(leader.group.executeMany(Array.from({ length: 20 }, () => 1)));
    await sim.runUntil(() => types(seen).includes('disk'), 10_000);
    cluster.memory(leader.id).capacity = 1e9;
    await sim.complete(end);
    await cluster.converge();
    const disk = seen.flatMap((event) => (event.type === 'disk' ? [event.full] : []));
    expect(disk).toEqual([true, false]);
  });

  it('tell how a node catches up, with what its session reports', async () => {
    const cluster = await new CatchUpCluster().ready();
    const { sim } = cluster;
    const [behind, writer] = await cluster.followers();
    cluster.isolate(behind.id);
    await cluster.grow(writer, 300);
    const { seen } = listen(behind.group.events());
    cluster.heal();
    await sim.complete(behind.group.when.reaches('applied', writer.group.status().committed.index));
    await sim.runFor(500);
    const stages = seen.flatMap((event) => (event.type === 'catch-up' ? [event.stage] : []));
    expect(stages[0]).toBe('opened');
    expect(stages.at(-1)).toBe('done');
    const opened = seen.find(({ type }) => type === 'catch-up');
    expect(opened).toMatchObject({ strategy: 'log-replay', ceiling: expect.any(Number) });
  });

  it('tell that the machine has failed, and last of all that the node stops', async () => {
    class Brittle extends CounterMachine {
      override apply(command: number, context: Parameters<CounterMachine['apply']>[1]): number {
        if (command === 666) throw new Error('cannot go on');
        return super.apply(command, context);
      }
    }
    const cluster = await new CounterCluster({ machine: () => new Brittle() }).ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const { seen, over } = listen(leader.group.events());
    await sim.complete(outcomeOf(leader.group.execute(666)));
    await sim.runFor(10);
    expect(seen.find(({ type }) => type === 'machine-failed')).toMatchObject({
      error: { code: 'MACHINE_FAILED' },
    });
    cluster.memory(leader.id).fail('the fsync failed');
    await sim.complete(leader.node.failed);
    await sim.complete(over);
    expect(seen.at(-1)).toMatchObject({
      type: 'stopped',
      error: { message: expect.stringContaining('fsync') },
    });
  });
});
