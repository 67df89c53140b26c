import type { GroupEvent } from '@smalti/raft';
import { describe, expect, it } from 'vitest';
import { TallyCluster, type TallyMember } from '../../src/tally-cluster.ts';

async function grown(options = {}): Promise<TallyCluster> {
  const cluster = await new TallyCluster(options).ready();
  for (let i = 0; i < 50; i++)
    await cluster.sim.complete(cluster.member('n1').group.execute(`word ${i % 7}`));
  await cluster.converge();
  return cluster;
}

/** All events of a member from now on. */
function listen({ group }: TallyMember): GroupEvent[] {
  const events: GroupEvent[] = [];
  void (async () => {
    for await (const event of group.events()) events.push(event);
  })();
  return events;
}

describe('checkpoints of a group', () => {
  it('are taken on whichever node asks, and are the same on all', async () => {
    const cluster = await grown();
    const asked = [...cluster.running, ...cluster.running].map(({ group }) => group.checkpoints.take());
    const taken = await cluster.sim.complete(Promise.all(asked));
    expect(new Set(taken.map(({ marker, root }) => `${marker.index} ${root}`)).size).toBe(1);
    await cluster.sim.runFor(10_000);
    for (const { group } of cluster.running) {
      expect(group.checkpoints.list()).toMatchObject([{ root: taken[0]?.root, agreed: true }]);
      expect(group.status().checkpoints).toMatchObject({ open: null, cutting: null, diverged: null });
    }
    const again = await cluster.sim.complete(cluster.member('n2').group.checkpoints.take());
    expect(again).toEqual(taken[0]);
  });

  it('come by themselves while clients write, and go on over changes of leader', async () => {
    const cluster = await grown({ everyEntries: 20 });
    await cluster.sim.runFor(10_000);
    const before = cluster.member('n2').group.checkpoints.list().at(-1)?.anchor.index ?? 0;
    expect(before).toBeGreaterThan(0);
    const leader = await cluster.untilLeader();
    cluster.isolate(leader.id);
    const other = cluster.others(leader)[0] as TallyMember;
    for (let i = 0; i < 50; i++) await cluster.sim.complete(other.group.execute(`word ${i}`));
    await cluster.sim.runFor(20_000);
    expect(other.group.checkpoints.list().at(-1)?.anchor.index).toBeGreaterThan(before);
    cluster.heal();
    await cluster.converge();
    await cluster.sim.runFor(20_000);
    const roots = cluster.running.map(({ group }) => group.checkpoints.list().at(-1)?.root);
    expect(new Set(roots).size).toBe(1);
  });

  it('cost nothing in a group that rests', async () => {
    const rest = async (everyEntries: number): Promise<number> => {
      const cluster = await grown({ everyEntries });
      await cluster.sim.runFor(60_000);
      const { events } = cluster.sim;
      await cluster.sim.runFor(600_000);
      return cluster.sim.events - events;
    };
    expect(await rest(20)).toBeLessThanOrEqual((await rest(1_000_000)) * 1.01);
  });

  it('H40: show a leader whose state is not the majority\u2019s: it answers nothing, and another leads', async () => {
    const cluster = await grown();
    const odd = await cluster.untilLeader();
    const events = listen(odd);
    odd.machine.counts = new Map([...odd.machine.counts, ['rot', 1]]);
    const others = cluster.others(odd) as TallyMember[];
    const [taken] = await cluster.sim.complete(
      Promise.all(others.map(({ group }) => group.checkpoints.take())),
    );
    await cluster.sim.runFor(5_000);
    const { group } = odd;
    await expect(cluster.sim.complete(group.query('rot', 'weak'))).rejects.toMatchObject({
      code: 'DIVERGED',
    });
    await expect(cluster.sim.complete(group.query('rot', 'strong'))).rejects.toMatchObject({
      code: 'DIVERGED',
    });
    await expect(cluster.sim.complete(group.execute('x'))).rejects.toMatchObject({
      code: 'DIVERGED',
      outcome: 'not-applied',
    });
    await expect(cluster.sim.complete(group.checkpoints.take())).rejects.toMatchObject({ code: 'DIVERGED' });
    expect(group.status()).toMatchObject({
      trouble: expect.stringContaining('not what a majority has'),
      checkpoints: { diverged: expect.stringContaining('not what a majority has') },
    });
    const told = events.filter((event) => event.type === 'checkpoint');
    expect(told).toMatchObject([{ stage: 'agreed' }, { stage: 'diverged', root: taken?.root }]);
    expect((await cluster.untilLeader()).id).not.toBe(odd.id);
    // It goes on as a replica: with one of the others down the group still commits.
    const [one, other] = others as [TallyMember, TallyMember];
    cluster.crash(one.id);
    await cluster.sim.complete(other.group.execute('still', { timeoutMs: 30_000 }), 60_000);
    expect(other.machine.counts.get('still')).toBe(1);
    expect(odd.faults).toEqual([]);
  });

  it('end with the group: the store is closed, and whoever waits is told', async () => {
    const cluster = await grown();
    const { group } = cluster.member('n2');
    cluster.isolate('n2');
    await cluster.sim.runFor(5_000);
    const waiting = group.checkpoints.take();
    const told = expect(waiting).rejects.toMatchObject({ code: 'GROUP_CLOSED' });
    await cluster.sim.complete(group.close());
    await told;
    const error = await new Promise((resolve) => {
      cluster.store('n2').put(new Map(), resolve);
      cluster.sim.runSync(cluster.sim.now + 100);
    });
    expect(error).toMatchObject({ code: 'STORAGE_CLOSED' });
    await expect(group.checkpoints.take()).rejects.toMatchObject({ code: 'GROUP_CLOSED' });
  });
});

describe('a group without checkpoints on a node', () => {
  it('says so, and does without that node', async () => {
    const cluster = new TallyCluster();
    await cluster.boot('n1', { bootstrap: true });
    await cluster.boot('n2');
    await cluster.boot('n3', { checkpoints: undefined } as never);
    await cluster.untilLeader();
    await cluster.converge();
    const [kept, none] = [cluster.member('n1').group, cluster.member('n3').group];
    await expect(none.checkpoints.take()).rejects.toMatchObject({ code: 'BAD_OPTION' });
    expect(none.status().checkpoints).toBeNull();
    await cluster.sim.complete(kept.members.transfer('n1')).catch(() => {});
    await cluster.sim.runFor(1_000);
    expect((await cluster.sim.complete(kept.checkpoints.take())).marker.index).toBeGreaterThan(0);
    await cluster.sim.runFor(1_000);
    expect(none.checkpoints.list()).toEqual([]);
  });
});
