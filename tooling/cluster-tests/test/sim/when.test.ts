import { toPeerId } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { CounterCluster, type CounterMember, outcomeOf } from '../../src/counter-cluster.ts';

/** Reads a stream to its end, into an array that grows meanwhile. */
function gather<T>(stream: AsyncIterable<T>): { readonly seen: T[]; readonly over: Promise<void> } {
  const seen: T[] = [];
  const over = (async () => {
    for await (const value of stream) seen.push(value);
  })();
  return { seen, over };
}

async function led(): Promise<{ cluster: CounterCluster; leader: CounterMember; follower: CounterMember }> {
  const cluster = await new CounterCluster().ready();
  const leader = await cluster.untilLeader();
  const [follower] = cluster.others(leader);
  if (follower === undefined) throw new Error('no follower');
  await cluster.sim.complete(follower.group.when.online());
  return { cluster, leader, follower };
}

describe('streams of what changes in a group', () => {
  it('begin with what is now: leaders, roles, whether the node is online', async () => {
    const { cluster, leader, follower } = await led();
    const { sim } = cluster;
    const { when } = leader.group;
    const all = [gather(when.leaders()), gather(when.roles()), gather(when.onlineChanges())] as const;
    const [leaders, roles, online] = all;
    await sim.runFor(10);
    expect([leaders.seen, roles.seen, online.seen]).toEqual([[leader.id], ['leader'], [true]]);
    cluster.isolate(leader.id);
    await sim.runUntil(() => follower.group.status().leader !== leader.id, 20_000);
    await sim.complete(follower.group.when.leaderElected());
    cluster.heal();
    await sim.complete(when.isFollower());
    await sim.complete(when.online());
    await sim.runFor(10);
    expect(leaders.seen.slice(0, 2)).toEqual([leader.id, null]);
    expect(leaders.seen.at(-1)).toBe(follower.group.status().leader);
    expect(roles.seen[0]).toBe('leader');
    expect(roles.seen.at(-1)).toBe('follower');
    expect(online.seen.slice(0, 2)).toEqual([true, false]);
    expect(online.seen.at(-1)).toBe(true);
    // Each is another than the one before.
    for (const { seen } of all) {
      const values: readonly unknown[] = seen;
      expect(values.every((value, i) => i === 0 || value !== values[i - 1])).toBe(true);
    }
    await sim.complete(leader.group.close());
    await sim.complete(Promise.all(all.map(({ over }) => over)));
  });

  it('tell positions apart: changes, advances and reverts of the log', async () => {
    const { cluster, leader, follower } = await led();
    const { sim } = cluster;
    const { when } = leader.group;
    const [changes, advances, reverts] = [
      gather(when.changes('log')),
      gather(when.advances('log')),
      gather(when.reverts()),
    ];
    const changed = when.changed('committed');
    const committed = await sim.complete(leader.group.execute(1));
    expect((await sim.complete(changed)).index).toBe(committed.at.index);
    cluster.isolate(leader.id);
    const lost = outcomeOf(leader.group.execute(10, { timeoutMs: 60_000 }));
    await sim.complete(follower.group.when.leaderChanged());
    await sim.complete(follower.group.when.leaderElected());
    await sim.complete(follower.group.execute(7, { timeoutMs: 60_000 }));
    cluster.heal();
    await sim.complete(when.reverted());
    await sim.complete(when.online());
    await sim.complete(lost);
    await sim.runFor(10);
    expect(reverts.seen).toEqual([committed.at]);
    expect(advances.seen).toContainEqual(committed.at);
    expect(changes.seen).toEqual(expect.arrayContaining([...reverts.seen, ...advances.seen]));
    const indices = changes.seen.map(({ index }) => index);
    expect(indices.some((index, i) => index < (indices[i - 1] ?? 0))).toBe(true);
  });

  it('give a busy reader the newest value alone', async () => {
    const { cluster, leader } = await led();
    const { sim } = cluster;
    const stream = leader.group.when.changes('applied')[Symbol.asyncIterator]();
    const first = stream.next();
    await sim.complete(leader.group.execute(1));
    await sim.complete(first);
    await sim.complete(leader.group.execute(1));
    const last = await sim.complete(leader.group.execute(1));
    expect((await sim.complete(stream.next())).value).toEqual(last.at);
  });

  it('can be left while they wait, and wait no longer than they may', async () => {
    const { cluster, leader } = await led();
    const { sim } = cluster;
    const stream = leader.group.when.reverts({ timeoutMs: 50 })[Symbol.asyncIterator]();
    const { error } = await sim.complete(outcomeOf(stream.next()));
    expect(error?.code).toBe('TIMEOUT');
    const waits = stream.next();
    await stream.return?.();
    expect(await sim.complete(waits)).toEqual({ done: true, value: undefined });
    const aborted = leader.group.when.leaders({ signal: AbortSignal.abort() })[Symbol.asyncIterator]();
    expect(await aborted.next()).toEqual({ done: true, value: undefined });
  });

  it('and promises end with the group, each of them', async () => {
    const { cluster, follower } = await led();
    const { sim } = cluster;
    const { when } = follower.group;
    const waits = [
      when.leaderChanged(),
      when.leaderIs(toPeerId('nobody')),
      when.isLeader(),
      when.offline(),
      when.reaches('log', 1e6),
      when.reaches('committed', { first: 1, last: 1e6 }),
      when.changed('applied'),
      when.advanced('committed'),
      when.reverted(),
    ].map((wait) => outcomeOf<unknown>(wait));
    await sim.complete(follower.group.close());
    for (const wait of waits) expect((await sim.complete(wait)).error?.code).toBe('GROUP_CLOSED');
    for (const stream of [when.leaders(), when.changes('log')]) {
      expect(await stream[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
    }
  });

  it('know when a run has been reached: at its end', async () => {
    const { cluster, leader, follower } = await led();
    const { sim } = cluster;
    const run = await sim.complete(leader.group.feedMany([1, 2, 3]));
    const at = await sim.complete(follower.group.when.reaches('applied', run));
    expect(at.index).toBeGreaterThanOrEqual(run.last);
    expect((await sim.complete(follower.group.query(undefined, 'weak'))).result).toBe(6);
    const far = { first: run.first, last: run.last + 100 };
    const { error } = await sim.complete(
      outcomeOf(follower.group.when.reaches('applied', far, { timeoutMs: 50 })),
    );
    expect(error?.code).toBe('TIMEOUT');
  });
});
