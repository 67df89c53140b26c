import { type Cursor, toPeerId } from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import type { Lie } from '@smalti/seeds/liar';
import { describe, expect, it } from 'vitest';
import { CatchUpCluster } from '../../src/catch-up-cluster.ts';
import { Diary } from '../../src/copy-strategy.ts';
import { outcomeOf } from '../../src/counter-cluster.ts';
import { LedgerCluster } from '../../src/ledger-cluster.ts';

describe('the end of the log', () => {
  it.each(['memory', 'wal'] as const)(
    'H1: a deposed leader keeps nothing of what nobody else had under what it fetches (%s)',
    async (storage) => {
      const cluster = await new CatchUpCluster({ storage }).ready();
      const { sim } = cluster;
      const old = await cluster.untilLeader();
      cluster.isolate(old.id);
      const lost = [100, 200, 300, 400, 500].map((n) =>
        outcomeOf(old.group.execute(n, { timeoutMs: 30_000 })),
      );
      await sim.runUntil(() => cluster.leader !== null && cluster.leader.id !== old.id, 10_000);
      const phantoms = old.group.status().log.last;
      const leader = await cluster.untilLeader();
      await cluster.grow(leader, 3);
      // Shorter than the phantom tail at first, then longer.
      expect(leader.group.status().log.last).toBeLessThanOrEqual(phantoms);
      await cluster.grow(leader, 40);
      cluster.heal();
      await cluster.converge();
      cluster.expectEqual();
      // What nobody else had is sent again, and comes after it.
      expect(old.machine.applied.map(({ command }) => command).slice(-5)).toEqual([100, 200, 300, 400, 500]);
      expect(old.machine.value).toBe(1543);
      expect(cluster.sync(old.id).totals).toMatchObject({ sessions: 1, done: 1, failed: 0 });
      for (const { error } of await sim.complete(Promise.all(lost))) expect(error).toBeNull();
      expect(cluster.tap.violations).toEqual([]);
    },
  );

  it('H10: two followers that blinked get what is not committed from the leader, one of them in a session', async () => {
    const cluster = await new CatchUpCluster({
      simulation: { network: { detectionMs: 100 } },
    }).ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const { term } = leader.group.status();
    const [one, two] = await cluster.followers();
    cluster.kill(one.id);
    await cluster.grow(leader, 60);
    // Both are away when the next ones are written: nobody but the leader has them.
    sim.network.cut(leader.id, two.id);
    await cluster.boot(one.id);
    sim.network.cut(leader.id, one.id);
    const calls = Promise.all([7, 7, 7, 7, 7].map((n) => leader.group.execute(n, { timeoutMs: 20_000 })));
    await sim.runFor(300);
    const { log, committed } = leader.group.status();
    expect(log.last - committed.index).toBe(5);
    for (const id of [one.id, two.id])
      expect(cluster.member(id).group.status().log.last).toBeLessThan(log.last);
    cluster.heal();
    await sim.complete(calls, 10_000);
    await cluster.converge();
    cluster.expectEqual();
    expect(leader.group.status()).toMatchObject({ role: 'leader', term });
    expect(cluster.sync(one.id).totals).toMatchObject({ done: 1, failed: 0 });
    expect(cluster.tap.violations).toEqual([]);
  });
});

describe('elections', () => {
  it('H11: two of three that are left catch up when the leader dies: one is elected, and writes go on', async () => {
    const cluster = await new LedgerCluster({ seed: 3 }).ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const [late, later, spare, heir] = cluster.others(leader).map(({ id }) => id);
    if (late === undefined || later === undefined || spare === undefined || heir === undefined)
      throw new Error('a cluster of less than five');
    for (const id of [late, later]) cluster.kill(id);
    await cluster.grow(1000);
    for (const id of [late, later]) await cluster.boot(id);
    await sim.runUntil(() => [late, later].every((id) => cluster.sync(id).entries > 50), 10_000);
    for (const id of [leader.id, spare]) cluster.kill(id);
    const elected = await sim.runUntil(
      () => cluster.leader?.id === heir && cluster.leader.group.status().term > leader.group.status().term,
      5000,
    );
    expect(elected, cluster.show()).toBe(true);
    // Both have voted, and are still at it.
    for (const id of [late, later]) expect(cluster.sync(id)).toMatchObject({ sessions: 1, done: 0 });
    const done = await sim.complete(cluster.member(heir).group.execute(1_000_000, { timeoutMs: 20_000 }));
    expect(done.result).toBe(1001);
    for (const id of [leader.id, spare]) await cluster.boot(id);
    await cluster.converge();
    expect(cluster.problems()).toEqual([]);
    expect(cluster.tap.violations).toEqual([]);
  });

  it('H28: a long transfer on slow lines delays no heartbeat: nobody calls an election', async () => {
    const cluster = await new LedgerCluster({ seed: 4, replay: { batchEntries: 50 } }).ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const { term } = leader.group.status();
    const [joiner] = cluster.others(leader);
    if (joiner === undefined) throw new Error('no follower');
    cluster.kill(joiner.id);
    await cluster.grow(2000);
    sim.network.set({ bytesPerMs: 10 });
    const elections = cluster.tap.countOf('pre-vote');
    await cluster.boot(joiner.id);
    const from = sim.now;
    expect(await sim.runUntil(() => cluster.sync(joiner.id).done > 0, 60_000)).toBe(true);
    // Seven of the longest election timeouts, and one answer alone takes longer than one of them.
    expect(sim.now - from).toBeGreaterThan(3500);
    await cluster.converge();
    expect(cluster.tap.countOf('pre-vote')).toBe(elections);
    for (const { group } of cluster.running) expect(group.status().term).toBe(term);
    expect(cluster.tap.counts.get('control sync')).toBeUndefined();
    expect([...cluster.tap.counts.keys()].filter((key) => key.startsWith('bulk'))).toEqual(['bulk sync']);
  });
});

describe('what is asked and answered', () => {
  it('H12: the gap grows during the session, and its end is asked for too', async () => {
    const cluster = await new LedgerCluster({ seed: 5 }).ready();
    const { sim } = cluster;
    const [joiner] = cluster.others(await cluster.untilLeader());
    if (joiner === undefined) throw new Error('no follower');
    cluster.kill(joiner.id);
    await cluster.grow(300);
    const before = cluster.leader?.group.status().committed.index ?? 0;
    await cluster.boot(joiner.id);
    await sim.runUntil(() => cluster.sync(joiner.id).entries > 20, 10_000);
    const late = cluster.grow(600);
    await late;
    await cluster.converge();
    const totals = cluster.sync(joiner.id);
    expect(totals.failed).toBe(0);
    expect(totals.entries).toBeGreaterThan(before);
    expect(cluster.problems()).toEqual([]);
    expect(cluster.tap.violations).toEqual([]);
  });

  it.each([
    ['H13: an empty answer is filed nowhere', 'empty'],
    ['H14: an answer that overlaps its neighbour stalls nothing', 'overlapping'],
    ['H17: an answer to an older session is not taken', 'old session'],
    ['H44: genuine entries of a deposed leader are refused', 'phantoms'],
  ] as const)('%s, and what was asked for comes from others', async (_, lie: Lie) => {
    const cluster = await new LedgerCluster({ seed: 6 }).ready();
    const { sim } = cluster;
    const { id: provider } = await cluster.untilLeader();
    const joiner = cluster.others(cluster.member(provider))[0]?.id ?? '';
    cluster.kill(joiner);
    // It is deposed: an entry of its term could well follow what the joiner has.
    cluster.isolate(provider);
    await sim.runUntil(() => cluster.leader !== null && cluster.leader.id !== provider, 10_000);
    cluster.heal();
    const leader = await cluster.untilLeader();
    expect(leader.id).not.toBe(provider);
    await cluster.grow(300);
    const liar = cluster.liar(provider);
    if (lie === 'old session') {
      // A first session, which is killed, so that there are answers of it.
      await cluster.boot(joiner);
      await sim.runUntil(() => cluster.sync(joiner).entries > 30, 10_000);
      cluster.kill(joiner);
    }
    liar.lie = lie;
    await cluster.boot(joiner);
    await cluster.converge();
    expect(liar.told).toBeGreaterThan(0);
    expect(cluster.problems()).toEqual([]);
    const totals = cluster.sync(joiner);
    expect(totals).toMatchObject({ sessions: 1, done: 1, failed: 0 });
    const { log } = cluster.member(joiner).group.status();
    expect(log.last).toBe(leader.group.status().log.last);
    if (lie === 'empty' || lie === 'phantoms') expect(totals.bySource[toPeerId(provider)] ?? 0).toBe(0);
  });
});

describe('memory', () => {
  it('H20: a slow follower and heavy writes: what waits, what is kept and what is under way are bounded', async () => {
    const limits = { windowBytes: 8000, maxInflightBytes: 20_000, maxAppendBytes: 2000 };
    const bulkQueueBytes = 30_000;
    const cluster = await new LedgerCluster({
      seed: 7,
      size: 3,
      replay: { batchEntries: 100, batchBytes: 4096, windowBytes: 65_536, servedBytes: 65_536 },
      join: { limits, timing: { heartbeatMs: 50, electionMinMs: 1000, electionMaxMs: 2000 } },
      bonds: { bulkQueueBytes },
      simulation: { network: { bytesPerMs: Number.POSITIVE_INFINITY } },
    }).ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const [slow, other] = cluster.others(leader);
    if (slow === undefined || other === undefined) throw new Error('no followers');
    for (const from of [leader.id, other.id]) sim.network.setDirection(from, slow.id, { bytesPerMs: 6 });
    await cluster.grow(4000);
    const behind = leader.group.status().log.last - slow.group.status().log.last;
    expect(behind).toBeGreaterThan(500);
    const { most } = cluster.tap;
    // What is under way to one follower, one message more, and what else consensus says.
    expect(most.control).toBeLessThanOrEqual(limits.maxInflightBytes + limits.maxAppendBytes + 4000);
    expect(most.bulk).toBeLessThanOrEqual(bulkQueueBytes);
    await cluster.converge(60_000);
    expect(cluster.sync(slow.id).sessions).toBeGreaterThan(0);
    expect(cluster.sync(slow.id).failed).toBe(0);
    expect(cluster.tap.most.control).toBeLessThanOrEqual(
      limits.maxInflightBytes + limits.maxAppendBytes + 4000,
    );
    expect(cluster.tap.most.bulk).toBeLessThanOrEqual(bulkQueueBytes);
    expect(cluster.problems()).toEqual([]);
    expect(cluster.tap.violations).toEqual([]);
  });

  it('H20: what the leader sends during a session is kept up to a bound, and the rest is sent again', async () => {
    const maxInflightBytes = 6000;
    const diary = new Diary();
    diary.pace = 1;
    const cluster = await new CatchUpCluster({
      sync: (id) => [diary.strategy(id), logReplay()],
      windowBytes: 100_000,
      join: { limits: { maxAppendBytes: 500 } },
    }).ready();
    const { sim } = cluster;
    const [slow] = await cluster.followers();
    cluster.kill(slow.id);
    const leader = await cluster.untilLeader();
    await cluster.grow(leader, 600);
    // The leader would send more than this node keeps.
    await cluster.boot(slow.id, { limits: { maxInflightBytes } });
    await sim.runUntil(() => cluster.sync(slow.id).session !== null, 5000);
    for (let i = 0; i < 5; i++) await cluster.grow(leader, 30);
    expect(cluster.sync(slow.id).session, 'it goes on').not.toBeNull();
    type Told = { readonly position: Cursor; readonly count: number; readonly bytes: number };
    let kept = 0;
    let next = 0;
    let most = 0;
    for (const { details } of diary.of(slow.id, 'session.buffer')) {
      const { position, count, bytes } = details as Told;
      // What does not go on where the last one ended begins anew.
      kept = position.index === next ? kept + bytes : bytes;
      next = position.index + count;
      most = Math.max(most, kept);
    }
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(maxInflightBytes);
    await cluster.converge(60_000);
    cluster.expectEqual();
  });
});
