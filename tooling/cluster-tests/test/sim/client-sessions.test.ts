import type { CommandId } from '@smalti/core';
import type { GroupHandle } from '@smalti/raft';
import { describe, expect, it } from 'vitest';
import { CounterCluster, type CounterMember, outcomeOf } from '../../src/counter-cluster.ts';

interface Scene {
  readonly cluster: CounterCluster;
  readonly leader: CounterMember;
  readonly follower: CounterMember;
}

async function scene(seed = 1): Promise<Scene> {
  const cluster = await new CounterCluster({ seed }).ready();
  const leader = await cluster.untilLeader();
  const [follower] = cluster.others(leader);
  if (follower === undefined) throw new Error('no follower');
  return { cluster, leader, follower };
}

function idIn(error: unknown): CommandId {
  const { id } = (error as { details: { id?: CommandId } }).details;
  if (id === undefined) throw new Error('the error names no command');
  return id;
}

/** Kills whoever leads every virtual second, but for one node, and starts it again half a second later. */
function killLeaders(cluster: CounterCluster, spared: string): () => number {
  const { sim } = cluster;
  let kills = 0;
  let on = true;
  const strike = (): void => {
    if (!on) return;
    const { leader } = cluster;
    if (leader !== null && leader.id !== spared && cluster.running.length === cluster.ids.length) {
      kills += 1;
      cluster.kill(leader.id);
      sim.schedule(500, 'a node comes back', () => void cluster.boot(leader.id));
    } else if (leader !== null && leader.id === spared) {
      kills += 1;
      sim.network.partition([[leader.id]]);
      sim.schedule(3000, 'the network heals', () => cluster.heal());
    }
    sim.schedule(1000, 'the leader dies', strike);
  };
  sim.schedule(1000, 'the leader dies', strike);
  return () => {
    on = false;
    return kills;
  };
}

describe('H7: commands count once', () => {
  it.each([1, 2, 3])(
    'one after the other, while leaders fall (seed %i)',
    { timeout: 60_000 },
    async (seed) => {
      const { cluster, follower } = await scene(seed);
      const { sim } = cluster;
      const stop = killLeaders(cluster, follower.id);
      const handle = follower.group.handle();
      const results: number[] = [];
      const over = (async () => {
        for (let n = 0; n < 1000; n++) {
          results.push((await handle.execute(1, { timeoutMs: 60_000 })).result);
          await new Promise<void>((resolve) => sim.schedule(10, 'pause', resolve));
        }
      })();
      await sim.complete(over, 600_000);
      expect(stop()).toBeGreaterThan(5);
      expect(results).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
      cluster.heal();
      await cluster.converge();
      expect(cluster.running.every(({ machine }) => machine.value === 1000)).toBe(true);
    },
  );

  it.each([1, 2, 3])('all at once, while leaders fall (seed %i)', { timeout: 60_000 }, async (seed) => {
    const { cluster, follower } = await scene(seed);
    const { sim } = cluster;
    const stop = killLeaders(cluster, follower.id);
    const handle = follower.group.handle();
    const calls: Promise<{ readonly result: number }>[] = [];
    for (let n = 0; n < 1000; n++) {
      calls.push(handle.execute(1, { timeoutMs: 60_000 }));
      if (n % 20 === 0) await sim.runFor(200);
    }
    const results = await sim.complete(Promise.all(calls), 600_000);
    expect(stop()).toBeGreaterThan(3);
    expect(results.map(({ result }) => result)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
  });

  it('a command that waits on a leader cut off from the others is taken by the next, and by it alone', async () => {
    const { cluster, leader } = await scene();
    const { sim } = cluster;
    cluster.isolate(leader.id);
    const call = outcomeOf(leader.group.execute(5, { timeoutMs: 60_000 }));
    await sim.runFor(6000);
    cluster.heal();
    expect((await sim.complete(call)).value?.result).toBe(5);
    await cluster.converge();
    cluster.expectEqual();
  });
});

describe('a call that is given up', () => {
  it('leaves its number filled, so that later commands of its handle are applied', async () => {
    const { cluster, leader, follower } = await scene();
    const { sim } = cluster;
    const handle = follower.group.handle();
    await sim.complete(handle.execute(1));
    cluster.isolate(leader.id);
    const lost = outcomeOf(handle.execute(10, { timeoutMs: 300 }));
    expect((await sim.complete(lost)).error).toMatchObject({ code: 'UNKNOWN_OUTCOME', outcome: 'unknown' });
    expect((await sim.complete(handle.execute(100, { timeoutMs: 60_000 }))).result).toBe(101);
    const { error } = await lost;
    expect(await sim.complete(follower.group.outcome(idIn(error)))).toEqual({ applied: false });
    cluster.heal();
    await cluster.converge();
    expect(leader.machine.value).toBe(101);
  });

  it('H6: is told what became of it, on whichever node it asks', async () => {
    const { cluster, leader, follower } = await scene();
    const { sim } = cluster;
    const handle = follower.group.handle();
    await sim.complete(handle.execute(1));
    const stop = new AbortController();
    const lost = outcomeOf(handle.executeMany([10, 20, 30], { signal: stop.signal }));
    await sim.runUntil(() => leader.group.status().log.last > follower.group.status().log.last, 1000);
    stop.abort();
    const { error } = await sim.complete(lost);
    expect(error).toMatchObject({ code: 'ABORTED', outcome: 'unknown' });
    // Later commands say that earlier replies are read, but not those of unknown outcome.
    for (let n = 0; n < 5; n++) await sim.complete(handle.execute(1));
    const outcome = await sim.complete(leader.group.outcome(idIn(error)));
    expect(outcome).toMatchObject({ applied: true, results: [11, 31, 61] });
  });

  it('is told its rejection, too', async () => {
    const { cluster, leader } = await scene();
    const { sim } = cluster;
    await sim.complete(leader.group.execute(1));
    const stop = new AbortController();
    const lost = outcomeOf(leader.group.execute(0, { signal: stop.signal }));
    await sim.runUntil(() => leader.group.status().log.last > leader.group.status().applied.index, 1000);
    stop.abort();
    const id = idIn((await sim.complete(lost)).error);
    const { error } = await outcomeOf(sim.complete(leader.group.outcome(id)));
    expect(error).toMatchObject({ code: 'REJECTED', message: 'adding nothing is refused' });
  });

  it('is told that nobody knows, once its reply is not kept any more', async () => {
    const { cluster, leader } = await scene();
    const { sim } = cluster;
    const stop = new AbortController();
    const lost = outcomeOf(leader.group.execute(5, { signal: stop.signal }));
    await sim.runUntil(() => leader.group.status().log.last > leader.group.status().applied.index, 1000);
    stop.abort();
    const id = idIn((await sim.complete(lost)).error);
    for (let n = 0; n < 1100; n++) await sim.complete(leader.group.execute(1));
    const { error } = await outcomeOf(sim.complete(leader.group.outcome(id)));
    expect(error).toMatchObject({ code: 'REPLY_GONE', outcome: 'unknown' });
  });

  it('before it was sent was surely not applied, and takes no number', async () => {
    const { cluster, leader, follower } = await scene();
    const { sim } = cluster;
    cluster.isolate(follower.id);
    await sim.runFor(5000);
    const { error } = await sim.complete(outcomeOf(follower.group.execute(7, { timeoutMs: 100 })));
    expect(error).toMatchObject({ code: 'OFFLINE', outcome: 'not-applied' });
    cluster.heal();
    expect((await sim.complete(follower.group.execute(1, { timeoutMs: 30_000 }))).result).toBe(1);
    expect(leader.machine.value).toBe(1);
  });
});

describe('a session that a client keeps itself', () => {
  it('gives the same answer to the same number, on every node and after a restart', async () => {
    const { cluster, leader, follower } = await scene();
    const { sim } = cluster;
    const session = await sim.complete(leader.group.openSession());
    const as = { session, sequence: 1 };
    const first = await sim.complete(leader.group.execute(5, { as }));
    expect(first.result).toBe(5);
    expect(await sim.complete(follower.group.execute(5, { as }))).toEqual(first);
    cluster.kill(follower.id);
    const again = await cluster.boot(follower.id);
    expect(await sim.complete(again.group.execute(5, { as, timeoutMs: 30_000 }))).toEqual(first);
    const many = { as: { session, sequence: 2 } };
    const run = await sim.complete(leader.group.executeMany([1, 0, 2], many).catch((error) => error.details));
    expect(run).toEqual({ refused: [1], of: 3 });
    expect(
      await sim.complete(again.group.executeMany([1, 0, 2], many).catch((error) => error.details)),
    ).toEqual(run);
    await cluster.converge();
    expect(cluster.running.map(({ machine }) => machine.value)).toEqual([8, 8, 8]);
  });

  it('asks twice at the same time, and both calls are answered by one effect', async () => {
    const { cluster, leader, follower } = await scene();
    const { sim } = cluster;
    const session = await sim.complete(leader.group.openSession());
    const as = { session, sequence: 1 };
    const calls = [leader, leader, follower, follower].map(({ group }) => group.execute(3, { as }));
    for (const { result } of await sim.complete(Promise.all(calls))) expect(result).toBe(3);
    expect(leader.machine.value).toBe(3);
  });

  it('is refused out of order, when it is unknown, and when what is asked was dropped or filled', async () => {
    const { cluster, leader, follower } = await scene();
    const { sim } = cluster;
    const session = await sim.complete(leader.group.openSession());
    const call = async (sequence: number, through = 0, group = follower.group) =>
      (await sim.complete(outcomeOf(group.execute(1, { as: { session, sequence }, through })))).error;
    expect(await call(2)).toMatchObject({ code: 'OUT_OF_ORDER', outcome: 'not-applied' });
    expect(await call(1)).toBeNull();
    expect(await call(2, 1, leader.group)).toBeNull();
    expect(await call(1)).toMatchObject({ code: 'REPLY_GONE', outcome: 'unknown' });
    expect(await sim.complete(leader.group.outcome({ session, sequence: 3 }))).toEqual({ applied: false });
    expect(await call(3)).toMatchObject({ code: 'OVERTAKEN', outcome: 'not-applied' });
    expect(leader.machine.value).toBe(2);
    const as = { session: 'ab'.repeat(16) as typeof session, sequence: 1 };
    const unknown = await sim.complete(outcomeOf(follower.group.execute(1, { as })));
    expect(unknown.error).toMatchObject({ code: 'SESSION_UNKNOWN', outcome: 'unknown' });
    const asked = await sim.complete(outcomeOf(follower.group.outcome(as)));
    expect(asked.error).toMatchObject({ code: 'SESSION_UNKNOWN' });
    expect(leader.machine.value).toBe(2);
  });

  it('is refused at once when its number cannot be one', async () => {
    const { cluster, leader } = await scene();
    const session = await cluster.sim.complete(leader.group.openSession());
    for (const [id, sequence, through] of [
      ['no session', 1, 0],
      [session, 0, 0],
      [session, 1.5, 0],
      [session, 2, 2],
    ] as const) {
      const as = { session: id as typeof session, sequence };
      const { error } = await cluster.sim.complete(outcomeOf(leader.group.execute(1, { as, through })));
      expect(error).toMatchObject({ code: 'BAD_OPTION', outcome: 'not-applied' });
    }
  });
});

describe('a handle', () => {
  it('that is closed ends its session after what is under way, and takes no more calls', async () => {
    const { cluster, leader, follower } = await scene();
    const { sim } = cluster;
    const handle: GroupHandle<number, void, number> = follower.group.handle();
    const stop = new AbortController();
    const lost = outcomeOf(handle.execute(1, { signal: stop.signal }));
    const last = handle.execute(2);
    await sim.runUntil(() => leader.group.status().log.last > follower.group.status().log.last, 1000);
    stop.abort();
    const id = idIn((await sim.complete(lost)).error);
    await sim.complete(handle.close());
    expect((await last).result).toBe(3);
    const { error } = await sim.complete(outcomeOf(handle.execute(1)));
    expect(error).toMatchObject({ code: 'GROUP_CLOSED', outcome: 'not-applied' });
    await sim.complete(leader.group.execute(1));
    await cluster.converge();
    const asked = await sim.complete(outcomeOf(leader.group.outcome(id)));
    expect(asked.error).toMatchObject({ code: 'SESSION_UNKNOWN' });
    await sim.complete(handle.close());
  });

  it('begins another session after it was idle for half of what is allowed', async () => {
    const { cluster, leader } = await scene();
    const { sim } = cluster;
    const sessionOf = async (): Promise<string> => {
      const stop = new AbortController();
      const call = outcomeOf(leader.group.execute(1, { signal: stop.signal }));
      await sim.runUntil(() => leader.group.status().log.last > leader.group.status().applied.index, 1000);
      stop.abort();
      const { error } = await sim.complete(call);
      await cluster.converge();
      return idIn(error).session;
    };
    const first = await sessionOf();
    expect(await sessionOf()).toBe(first);
    await sim.runFor(31 * 60_000);
    expect(await sessionOf()).not.toBe(first);
  });
});

describe('a number that no command has had yet', () => {
  it('is answered at once by the node whose session it is of, and is not used up', async () => {
    const { cluster, follower } = await scene();
    const { sim } = cluster;
    const handle = follower.group.handle();
    await sim.complete(handle.execute(1));
    cluster.isolate(follower.id);
    const lost = outcomeOf(handle.execute(10, { timeoutMs: 300 }));
    const id = idIn((await sim.complete(lost)).error);
    for (const more of [1, 2, 1_000]) {
      const next = { ...id, sequence: id.sequence + more };
      const [asked, began] = [outcomeOf(follower.group.outcome(next)), sim.now];
      expect((await sim.complete(asked)).error).toMatchObject({ code: 'OUT_OF_ORDER', outcome: 'unknown' });
      expect(sim.now).toBe(began);
    }
    cluster.heal();
    await sim.complete(handle.execute(100, { timeoutMs: 30_000 }));
    await sim.complete(handle.execute(1_000));
    expect(await sim.complete(follower.group.outcome(id))).toEqual({ applied: false });
  });
});

describe('H6: a question for an outcome that comes to nothing', () => {
  it('says nothing of the command: it may come', async () => {
    const cluster = await new CounterCluster({ join: { limits: { maxPending: 1 } } }).ready();
    const { sim } = cluster;
    const { group } = await cluster.untilLeader();
    const session = await sim.complete(group.openSession());
    const ask = async (options = {}) =>
      (await sim.complete(outcomeOf(group.outcome({ session, sequence: 2 }, options)))).error;
    expect(await ask()).toMatchObject({ code: 'OUT_OF_ORDER', outcome: 'unknown' });
    expect(await ask({ signal: AbortSignal.abort() })).toMatchObject({
      code: 'ABORTED',
      outcome: 'unknown',
    });
    const [waiting, asked] = [group.execute(1), ask()];
    expect(await asked).toMatchObject({ code: 'OVERLOADED', outcome: 'unknown' });
    await sim.complete(waiting);
    for (const sequence of [1, 2]) await sim.complete(group.execute(1, { as: { session, sequence } }));
    expect(await sim.complete(group.outcome({ session, sequence: 2 }))).toMatchObject({ applied: true });
  });
});

describe('H6: an outcome that is asked before the session has begun', () => {
  it('says nothing of the commands that wait', async () => {
    const { cluster, leader, follower } = await scene();
    const { sim } = cluster;
    const handle = follower.group.handle();
    // Nothing of the follower arrives, and its first command is known by name.
    sim.network.cutOneWay(follower.id, leader.id);
    const lost = outcomeOf(handle.execute(1, { timeoutMs: 200 }));
    const next = outcomeOf(handle.execute(2, { timeoutMs: 60_000 }));
    const id = idIn((await sim.complete(lost)).error);
    const asked = await sim.complete(outcomeOf(leader.group.outcome(id)));
    expect(asked.error).toMatchObject({ code: 'SESSION_UNKNOWN', outcome: 'unknown' });
    cluster.heal();
    expect((await sim.complete(next)).value?.result).toBe(2);
    expect(await sim.complete(leader.group.outcome(id))).toEqual({ applied: false });
  });
});
