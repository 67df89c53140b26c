import type { Cursor, Entry, Index } from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { describe, expect, it } from 'vitest';
import { CatchUpCluster } from '../../src/catch-up-cluster.ts';
import { type CopyMessage, Diary } from '../../src/copy-strategy.ts';

/** A cluster whose nodes have a strategy that writes down its calls, and log replay beside it. */
async function recorded(diary = new Diary(), windowBytes?: number): Promise<[CatchUpCluster, Diary]> {
  const cluster = await new CatchUpCluster({
    sync: (id) => [diary.strategy(id), logReplay()],
    ...(windowBytes === undefined ? {} : { windowBytes }),
  }).ready();
  return [cluster, diary];
}

/** Lets a follower miss so many entries, and come back. */
async function lag(cluster: CatchUpCluster, count: number): Promise<string> {
  const [victim] = await cluster.followers();
  cluster.kill(victim.id);
  await cluster.grow(await cluster.untilLeader(), count);
  await cluster.boot(victim.id);
  return victim.id;
}

describe('who bonds and who serves', () => {
  it('SS1: members with other strategies are another group, and never bond', async () => {
    const cluster = new CatchUpCluster({
      sync: (id) => (id === 'n3' ? [new Diary().strategy(id), logReplay()] : [logReplay()]),
    });
    await cluster.start();
    await cluster.sim.runFor(10_000);
    expect(cluster.member('n1').group.id).toBe(cluster.member('n2').group.id);
    expect(cluster.member('n3').group.id).not.toBe(cluster.member('n1').group.id);
    const bonds = cluster.running.map(({ group }) => group.status().bonds.map(({ id }) => id));
    expect(bonds).toEqual([['n2'], ['n1'], []]);
    const refusals = cluster
      .member('n3')
      .group.status()
      .refusals.map(({ code }) => code);
    expect(refusals).toContain('UNKNOWN_GROUP');
  });

  it('SS2: each node has one provider in its life, whatever its role becomes', async () => {
    const [cluster, diary] = await recorded();
    const first = await cluster.untilLeader();
    cluster.isolate(first.id);
    await cluster.sim.runUntil(() => cluster.leader !== null && cluster.leader.id !== first.id, 10_000);
    cluster.heal();
    await cluster.converge();
    for (const { id } of cluster.running) expect(diary.of(id, 'createProvider'), id).toHaveLength(1);
    const [victim] = await cluster.followers();
    cluster.kill(victim.id);
    cluster.wipe(victim.id);
    await cluster.boot(victim.id);
    await cluster.converge();
    expect(victim.group.status().voter).toBe(true);
    expect(cluster.member(victim.id).group.status().voter).toBe(false);
    expect(diary.of(victim.id, 'createProvider')).toHaveLength(2);
  });

  it('SS4: a provider that says again is polled again in the same turn, and else waits', async () => {
    const diary = new Diary();
    diary.again = 3;
    const [cluster] = await recorded(diary);
    for (const { id } of cluster.running) {
      const [first, ...more] = diary.of(id, 'provider.poll').map(({ at }) => at);
      expect(more.slice(0, 3)).toEqual([first, first, first]);
    }
    const before = diary.of('n1', 'provider.poll').length;
    await cluster.sim.runFor(5000);
    expect(diary.of('n1', 'provider.poll')).toHaveLength(before);
  });

  it('SS6: nothing is pruned though a strategy needs no log, as long as there is no checkpoint', async () => {
    const diary = new Diary();
    diary.prunable = (context) => context.committed.index;
    const [cluster] = await recorded(diary);
    await cluster.grow(await cluster.untilLeader(), 300);
    await cluster.converge();
    for (const { group } of cluster.running) expect(group.status().log.first).toBe(1);
    const id = await lag(cluster, 50);
    await cluster.converge();
    expect(cluster.member(id).group.status().log.first).toBe(1);
  });

  it('SS7: every provider is told as the commit index advances, up to the newest', async () => {
    const [cluster, diary] = await recorded();
    const leader = await cluster.untilLeader();
    for (let i = 0; i < 20; i++) {
      await cluster.write(leader, [1]);
      await cluster.converge();
      await cluster.sim.runFor(1);
      for (const { id, group } of cluster.running) {
        expect(diary.of(id, 'provider.committed').at(-1)?.details, id).toEqual(group.status().committed);
      }
    }
    for (const { id } of cluster.running) {
      const told = diary.of(id, 'provider.committed').map(({ details }) => (details as Cursor).index);
      expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
      expect(told.length).toBeGreaterThanOrEqual(20);
    }
  });
});

describe('a session', () => {
  it('SS3: begins where more is missing than the window holds, with a committed position', async () => {
    const [cluster, diary] = await recorded(new Diary(), 4000);
    const near = await lag(cluster, 3);
    await cluster.converge();
    expect(diary.of(near, 'createSession')).toEqual([]);
    expect(cluster.sync(near).totals.sessions).toBe(0);
    const far = await lag(cluster, 40);
    await cluster.converge();
    expect(diary.of(far, 'createSession')).toHaveLength(1);
    const { position, leaderCommit, entries } = diary.last<{
      readonly position: Cursor;
      readonly leaderCommit: Index;
      readonly entries: readonly Entry[];
    }>(far, 'createSession');
    const { committed } = cluster.member(far).group.status();
    expect(position.index).toBeGreaterThan(20);
    expect(position.index).toBeLessThanOrEqual(leaderCommit);
    expect(leaderCommit).toBeLessThanOrEqual(committed.index);
    expect(position.term).toBe(committed.term);
    // The leader sends at once what its window holds.
    expect(entries.length).toBeGreaterThan(1);
    expect(entries.map(({ index }) => index)).toEqual(entries.map((_, i) => position.index + 1 + i));
    expect(cluster.tap.violations).toEqual([]);
    cluster.expectEqual();
  });

  it('SS5 and SS9: gets what its provider hands back, in order, and nothing else', async () => {
    const [cluster, diary] = await recorded();
    const id = await lag(cluster, 40);
    await cluster.converge();
    type Received = { readonly message: CopyMessage; readonly sender: string; readonly taken?: boolean };
    const seen = diary.of(id, 'provider.receive').map(({ details }) => details as Received);
    const handed = seen.filter(({ taken }) => taken === false);
    const got = diary.of(id, 'session.receive').map(({ details }) => details as Received);
    expect(got.length).toBeGreaterThan(5);
    expect(got.map(({ message }) => message.type)).toEqual(got.map(() => 'give'));
    expect(got).toEqual(handed.map(({ message, sender }) => ({ message, sender })));
    // The others have no session: what they took they served.
    for (const other of cluster.ids.filter((other) => other !== id)) {
      expect(diary.of(other, 'session.receive')).toEqual([]);
      expect(diary.of(other, 'provider.receive').length).toBeGreaterThan(0);
    }
  });

  it('SS8: is dropped when it says where the log ends, and the node is online', async () => {
    const [cluster, diary] = await recorded();
    const id = await lag(cluster, 40);
    const member = cluster.member(id);
    await cluster.sim.runUntil(() => cluster.sync(id).session !== null, 5000);
    expect(cluster.sync(id).session?.strategy).toBe('copy');
    await cluster.sim.runUntil(() => cluster.sync(id).totals.done === 1, 20_000);
    const [done] = diary.of(id, 'session.done');
    expect(done?.details).toMatchObject({ index: expect.any(Number) });
    expect(cluster.sync(id).session).toBeNull();
    await cluster.write(await cluster.untilLeader(), [1]);
    await cluster.sim.complete(member.group.when.online(), 1000);
    const calls = diary.calls.filter(({ owner }) => owner === done?.owner);
    expect(calls.at(-1)?.what).toBe('session.close');
    expect(calls.filter(({ what }) => what === 'session.close')).toHaveLength(1);
    await cluster.converge();
    cluster.expectEqual();
  });

  it('SS10: is told in order what the leader sends meanwhile, and the runtime keeps it', async () => {
    const diary = new Diary();
    diary.pace = 1;
    const [cluster] = await recorded(diary);
    const id = await lag(cluster, 60);
    await cluster.sim.runUntil(() => cluster.sync(id).session !== null, 5000);
    const leader = await cluster.untilLeader();
    const before = cluster.sync(id).totals.entries;
    for (let i = 0; i < 10; i++) await cluster.write(leader, [1]);
    expect(cluster.sync(id).totals.done).toBe(0);
    expect(cluster.sync(id).totals.entries).toBeGreaterThan(before);
    type Told = { readonly position: Cursor; readonly count: number; readonly bytes: number };
    await cluster.sim.runFor(0);
    const told = diary.of(id, 'session.buffer').map(({ details }) => details as Told);
    expect(told.length).toBeGreaterThan(5);
    for (const [i, { position, count, bytes }] of told.entries()) {
      const next = told[i + 1]?.position.index ?? position.index + count;
      expect(next).toBe(position.index + count);
      expect(bytes).toBeGreaterThan(count * 36);
    }
    const kept = told.reduce((total, { count }) => total + count, 0);
    // What came with the question was shown when the session was made.
    const shown = diary.last<{ readonly entries: readonly Entry[] }>(id, 'createSession').entries;
    expect(cluster.sync(id).totals.buffered).toBe(kept + shown.length);
    expect(told[0]?.position.index).toBe(shown.at(-1)?.index);
    await cluster.converge();
    // What was kept was not fetched.
    const { totals } = cluster.sync(id);
    const last = cluster.member(id).group.status().log.last;
    expect(totals.entries).toBeLessThanOrEqual(last - kept);
    cluster.expectEqual();
  });
});

describe('a context', () => {
  it('CX1: shows machine, log, committed, who and where it is, bonds, and tells whom a broadcast reached', async () => {
    const [cluster, diary] = await recorded();
    await cluster.write(await cluster.untilLeader(), [3, 4]);
    await cluster.converge();
    // What a peer speaks is asked for when there is first something to send.
    for (const context of diary.providers.values()) context.broadcast({ type: 'hello', text: 'is there' });
    await cluster.sim.runFor(10);
    for (const { id, group } of cluster.running) {
      const context = diary.providers.get(id);
      const { committed, log, bonds } = group.status();
      expect(context).toMatchObject({ localId: id, groupId: group.id, networkId: 'test', committed });
      expect(context?.machine.query(undefined)).toBe(7);
      expect(context?.log.last.index).toBe(log.last);
      const peers = bonds.map((bond) => bond.id).sort();
      expect(context?.bonds.map((bond) => bond.id)).toEqual(peers);
      expect(context?.broadcast({ type: 'hello', text: id })).toEqual(peers);
    }
  });

  it('CX2: of a session knows the leader, and applies what it sets committed', async () => {
    const [cluster, diary] = await recorded();
    const id = await lag(cluster, 40);
    const leader = await cluster.untilLeader();
    await cluster.sim.runUntil(() => diary.of(id, 'session.durable').length > 2, 10_000);
    const [context] = diary.sessions;
    expect(context?.leader()).toBe(leader.id);
    const { index } = diary.last<{ readonly index: number }>(id, 'session.durable');
    const { group } = cluster.member(id);
    expect(index).toBeLessThan(leader.group.status().committed.index);
    await cluster.sim.runUntil(() => group.status().applied.index >= index, 100);
    expect(group.status().applied.index).toBeGreaterThanOrEqual(index);
    expect(cluster.sync(id).session).not.toBeNull();
    await cluster.converge();
  });

  it('CX3: of a provider knows who leads, and feeds commands there alone', async () => {
    const [cluster, diary] = await recorded();
    const leader = await cluster.untilLeader();
    expect(diary.of('n1', 'createProvider')[0]?.details).toEqual({ leader: null });
    for (const { id } of cluster.running) {
      const context = diary.providers.get(id);
      expect(context?.leader()).toBe(leader.id);
      expect(context?.isLeader()).toBe(id === leader.id);
      expect(context?.feedCommand({ command: 5 })).toBe(id === leader.id);
    }
    await cluster.sim.runFor(500);
    await cluster.converge();
    for (const { machine } of cluster.running) expect(machine.value).toBe(5);
    cluster.isolate(leader.id);
    await cluster.sim.runFor(5000);
    expect(diary.providers.get(leader.id)?.isLeader()).toBe(false);
    expect(diary.providers.get(leader.id)?.feedCommand({ command: 7 })).toBe(false);
  });

  it('MSG: carries messages of the strategy alone, to who was named, over the group’s bonds', async () => {
    const [cluster, diary] = await recorded();
    expect(diary.providers.get('n1')?.sendTo('n2' as never, { type: 'hello', text: 'grüezi' })).toBe(true);
    expect(diary.providers.get('n1')?.sendTo('n9' as never, { type: 'hello', text: 'nobody' })).toBe(false);
    await cluster.sim.runFor(100);
    const [got, ...more] = diary.of('n2', 'provider.receive');
    expect(got?.details).toEqual({
      message: { type: 'hello', text: 'grüezi' },
      sender: 'n1',
      taken: true,
    });
    expect(more).toEqual([]);
    expect(diary.of('n3', 'provider.receive')).toEqual([]);
    expect(cluster.tap.counts.get('bulk sync')).toBe(1);
    expect(cluster.tap.counts.get('control sync')).toBeUndefined();
  });
});
