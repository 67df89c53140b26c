import { toPeerId } from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { describe, expect, it } from 'vitest';
import { CatchUpCluster, numbers, sum } from '../../src/catch-up-cluster.ts';

describe('a joiner catches up', () => {
  it.each(['memory', 'wal'] as const)(
    'a small log within 10 s, and follows what comes then (%s)',
    async (storage) => {
      const cluster = await new CatchUpCluster({ storage }).ready();
      const { sim } = cluster;
      const leader = await cluster.untilLeader();
      const [, late] = await cluster.followers();
      cluster.crash(late.id);
      cluster.wipe(late.id);
      await cluster.write(leader, [3, 4, -2, 1]);
      const joiner = await cluster.boot(late.id);
      expect(await sim.runUntil(() => joiner.machine.value === 6, 10_000), cluster.show()).toBe(true);
      await cluster.converge();
      const { index } = joiner.group.status().applied;
      await cluster.write(leader, [5, -3]);
      expect(await sim.runUntil(() => joiner.machine.value === 8, 10_000)).toBe(true);
      expect(joiner.group.status().applied.index).toBe(index + 2);
      await cluster.converge();
      const { totals } = cluster.sync(late.id);
      expect(totals).toMatchObject({ sessions: 1, done: 1, failed: 0 });
      expect(sum(Object.values(totals.bySource))).toBe(totals.entries);
      expect(totals.entries).toBeGreaterThanOrEqual(4);
      expect(cluster.tap.violations).toEqual([]);
      cluster.expectEqual();
    },
  );

  it.each([7, 20, 100, 1000])('a large log within 20 s, in batches of %i', async (batchEntries) => {
    const cluster = await new CatchUpCluster({
      size: 5,
      windowBytes: 4000,
      sync: () => [logReplay({ batchEntries })],
    }).ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const [follower, , second, third] = await cluster.followers();
    if (second === undefined || third === undefined) throw new Error('a cluster of less than five');
    for (const { id } of [second, third]) {
      cluster.kill(id);
      cluster.wipe(id);
    }
    await sim.complete(Promise.all(numbers(0, 200).map((n) => leader.group.feed(n))));
    await cluster.converge();
    expect(leader.machine.value).toBe(19_900);
    const joiner = await cluster.boot(second.id);
    expect(await sim.runUntil(() => joiner.machine.value === 19_900, 20_000), cluster.show()).toBe(true);
    await cluster.converge();
    await sim.complete(Promise.all(numbers(0, 200).map((n) => follower.group.feed(n))));
    const last = await cluster.boot(third.id);
    expect(await sim.runUntil(() => last.machine.value === 39_800, 20_000), cluster.show()).toBe(true);
    await cluster.converge();
    cluster.expectEqual();
    for (const { id } of [joiner, last]) expectShared(cluster, id, batchEntries < 200 ? 2 : 1);
    expect(cluster.tap.violations).toEqual([]);
  });

  it('and a leader that pushed it all would be found out', async () => {
    // The tap believes that the window is small, and it is not.
    const cluster = await new CatchUpCluster({ join: { limits: { windowBytes: 1_000_000 } } }).ready();
    const [late] = await cluster.followers();
    cluster.kill(late.id);
    await cluster.grow(await cluster.untilLeader(), 20);
    await cluster.boot(late.id);
    await cluster.converge();
    expect(cluster.sync(late.id).totals.sessions).toBe(0);
    expect(cluster.tap.violations.length).toBeGreaterThanOrEqual(19);
    expect(cluster.tap.pushedCommitted.get(late.id)).toBeGreaterThanOrEqual(19);
  });
});

/** So many peers at least have served, none of which was a burden to the leader. */
function expectShared(cluster: CatchUpCluster, id: string, least: number): void {
  const { totals } = cluster.sync(id);
  const served = Object.entries(totals.bySource).filter(([, count]) => count > 0);
  const shown = `${id} ${JSON.stringify(totals.bySource)}`;
  expect(totals, id).toMatchObject({ done: totals.sessions, failed: 0 });
  expect(served.length, shown).toBeGreaterThanOrEqual(least);
  expect(sum(served.map(([, count]) => count))).toBe(totals.entries);
  const most = Math.max(...served.map(([, count]) => count));
  expect(totals.bySource[toPeerId(cluster.leader?.id ?? '')] ?? 0, shown).toBeLessThanOrEqual(most);
}
