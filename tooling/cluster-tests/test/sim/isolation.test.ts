import { describe, expect, it } from 'vitest';
import { CounterCluster, type CounterMember, outcomeOf } from '../../src/counter-cluster.ts';

interface Scene {
  readonly cluster: CounterCluster;
  readonly leader: CounterMember;
  readonly others: readonly CounterMember[];
}

async function scene(seed = 1, size = 3): Promise<Scene> {
  const cluster = await new CounterCluster({ seed, size }).ready();
  const leader = await cluster.untilLeader();
  return { cluster, leader, others: cluster.others(leader) };
}

/** The ways in which a leader can lose the others. */
const cuts: Readonly<Record<string, (scene: Scene) => void>> = {
  'a partition': ({ cluster, leader }) => cluster.isolate(leader.id),
  'nobody hears it': ({ cluster, leader, others }) => {
    for (const { id } of others) cluster.sim.network.cutOneWay(leader.id, id);
  },
  'it hears nobody': ({ cluster, leader, others }) => {
    for (const { id } of others) cluster.sim.network.cutOneWay(id, leader.id);
  },
};

describe('a leader that is cut off', () => {
  it.each(Object.keys(cuts))(
    'H1, H2 and H9: serves neither writes nor strong reads and loses nothing others committed (%s)',
    async (way) => {
      for (let seed = 1; seed <= 5; seed++) {
        const all = await scene(seed);
        const { cluster, leader, others } = all;
        const { sim } = cluster;
        await sim.complete(leader.group.execute(1));
        cuts[way]?.(all);
        // Its log gets a tail of its own, of which none may survive under the others' entries.
        const tail = [10, 20, 30].map((command) =>
          outcomeOf(leader.group.execute(command, { timeoutMs: 30_000 })),
        );
        const read = outcomeOf(leader.group.query(undefined, 'strong', { timeoutMs: 4000 }));
        await sim.runUntil(() => others.some(({ group }) => group.status().role === 'leader'), 10_000);
        const [survivor] = others;
        if (survivor === undefined) throw new Error('no other node');
        for (const command of [100, 200]) await sim.complete(survivor.group.execute(command));
        const during = outcomeOf(leader.group.query(undefined, 'strong', { timeoutMs: 3000 }));
        const stale = [(await sim.complete(read)).value, (await sim.complete(during)).value];
        for (const answer of stale) if (answer !== null) expect(answer.result).toBeGreaterThanOrEqual(300);
        if (way === 'a partition') expect(stale).toEqual([null, null]);
        cluster.heal();
        const ends = await sim.complete(Promise.all(tail));
        await cluster.converge();
        cluster.expectEqual();
        const applied = leader.machine.applied.map(({ command }) => command);
        // What was only in its tail is sent again, and counts once.
        expect(ends.map(({ error }) => error)).toEqual([null, null, null]);
        expect([...applied].sort((a, b) => a - b)).toEqual([1, 10, 20, 30, 100, 200]);
        if (way === 'a partition') expect(applied).toEqual([1, 100, 200, 10, 20, 30]);
      }
    },
  );

  it('H2: the smaller side of a partition neither elects nor commits, the larger does both', async () => {
    const { cluster, leader, others } = await scene(3, 5);
    const { sim } = cluster;
    const [friend, ...rest] = others;
    if (friend === undefined) throw new Error('no other node');
    cluster.sim.network.partition([[leader.id, friend.id]]);
    const lost = outcomeOf(friend.group.execute(5, { timeoutMs: 8000 }));
    await sim.runFor(8000);
    expect([leader, friend].map(({ group }) => group.status().role)).not.toContain('leader');
    expect(rest.filter(({ group }) => group.status().role === 'leader')).toHaveLength(1);
    await sim.complete(rest[0]?.group.execute(7) ?? Promise.reject(new Error('nobody')));
    expect((await sim.complete(lost)).value).toBeNull();
    expect(leader.machine.value).toBe(0);
    cluster.heal();
    await cluster.converge();
    cluster.expectEqual();
    expect(leader.machine.applied.map(({ command }) => command)).toContain(7);
  });

  it('H6: a forwarded command whose index is taken by another is told to be done where it is', async () => {
    let overtaken = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const { cluster, leader, others } = await scene(seed);
      const { sim } = cluster;
      const [asker, witness] = others;
      if (asker === undefined || witness === undefined) throw new Error('no other nodes');
      // What is forwarded arrives, and what the leader makes of it reaches nobody.
      for (const { id } of others) sim.network.cutOneWay(leader.id, id);
      const before = leader.group.status().log.last;
      const calls = [1000, 2000, 3000].map((n) => outcomeOf(asker.group.execute(n, { timeoutMs: 20_000 })));
      await sim.runUntil(() => leader.group.status().log.last === before + 3, 1000);
      expect(leader.group.status().log.last, `seed ${seed}\n${cluster.show()}`).toBe(before + 3);
      cluster.crash(leader.id);
      cluster.heal();
      await cluster.untilLeader();
      for (let i = 0; i < 3; i++) await sim.complete(witness.group.execute(1));
      const ends = await sim.complete(Promise.all(calls));
      const { applied } = witness.machine;
      for (const [i, { value }] of ends.entries()) {
        const mine = applied.filter(({ command }) => command === 1000 * (i + 1));
        expect(mine.map(({ index, term }) => ({ index, term }))).toEqual([value?.at]);
      }
      const taken = ({ command, index }: { readonly command: number; readonly index: number }): boolean =>
        index > before && index <= before + 3 && command !== 1000 * (index - before);
      if (applied.some(taken)) overtaken += 1;
    }
    expect(overtaken).toBeGreaterThan(0);
  });

  it('what was forwarded to it and lost is sent to the next leader', async () => {
    const { cluster, leader, others } = await scene();
    const { sim } = cluster;
    const [asker] = others;
    if (asker === undefined) throw new Error('no other node');
    cluster.sim.network.cutOneWay(asker.id, leader.id);
    const began = sim.now;
    const end = outcomeOf(asker.group.execute(5, { timeoutMs: 60_000 }));
    await sim.runFor(10);
    cluster.crash(leader.id);
    const { error } = await sim.complete(end);
    expect(error).toBeNull();
    expect(sim.now - began).toBeLessThan(10_000);
    cluster.heal();
    await cluster.converge();
    for (const { machine } of cluster.running) expect(machine.value).toBe(5);
  });

  it('H34: paused for three election timeouts, it answers the read that comes with its resumption freshly, or not', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const { cluster, leader, others } = await scene(seed);
      const { sim } = cluster;
      leader.sim.pause();
      await sim.runUntil(() => others.some(({ group }) => group.status().role === 'leader'), 10_000);
      await sim.complete(others[0]?.group.execute(41) ?? Promise.reject(new Error('nobody')));
      await sim.runFor(6000);
      leader.sim.resume();
      const { value } = await sim.complete(
        outcomeOf(leader.group.query(undefined, 'strong', { timeoutMs: 5000 })),
      );
      expect(value?.result ?? 41).toBe(41);
    }
  });

  it('H3: with one link cut and a third node that stays silent there is one leader a term', async () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { cluster, leader, others } = await scene(seed);
      const { sim } = cluster;
      const leaders = new Map<number, string>();
      cluster.sim.network.cut(leader.id, others[0]?.id ?? '');
      others[1]?.sim.pause();
      const end = sim.now + 15_000;
      sim.schedule(4000, 'resume', () => others[1]?.sim.resume());
      while (sim.now < end) {
        await sim.runFor(20);
        for (const { id, group } of cluster.running) {
          const { role, term } = group.status();
          if (role !== 'leader') continue;
          expect(leaders.get(term) ?? id, `term ${term}`).toBe(id);
          leaders.set(term, id);
        }
      }
      await sim.complete(others[1]?.group.execute(1) ?? Promise.reject(new Error('nobody')));
    }
  });

  it('H21: a node that flaps, or was cut off for long, changes nothing when it returns', async () => {
    const { cluster, leader, others } = await scene();
    const { sim } = cluster;
    const { term } = leader.group.status();
    const [flapping] = others;
    for (let i = 0; i < 8; i++) {
      cluster.isolate(flapping?.id ?? '');
      await sim.runFor(i % 2 === 0 ? 6000 : 300);
      cluster.heal();
      await sim.runFor(i % 3 === 0 ? 3000 : 700);
    }
    await cluster.converge();
    for (const { group } of cluster.running) {
      expect(group.status()).toMatchObject({ term, leader: leader.id });
    }
  });
});
