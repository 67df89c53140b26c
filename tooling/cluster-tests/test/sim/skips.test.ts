import type { CommandId, SmaltiError } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../src/counter-cluster.ts';
import { POISON, PoisonCluster } from '../../src/poison-cluster.ts';
import type { TallyMember } from '../../src/tally-cluster.ts';

const REASON = 'ticket 17: a word that the machine chokes on';

/** All have failed at a word that one of them was told. */
async function poisoned(
  cluster: PoisonCluster,
): Promise<{ leader: TallyMember; at: number; error: SmaltiError }> {
  await cluster.ready();
  const { sim } = cluster;
  await sim.complete((await cluster.untilLeader()).group.execute('before'));
  const end = await sim.complete(outcomeOf(cluster.member('n2').group.execute(POISON)));
  const at = await cluster.untilFailed();
  return { leader: await cluster.untilLeader(), at, error: end.error as SmaltiError };
}

function reasonOf(error: Error | null): unknown {
  const { code, details } = error as SmaltiError;
  return code === 'SKIP_REFUSED' ? details.reason : error;
}

describe('a command that no replica can apply', () => {
  it.each(['memory', 'wal'] as const)('H47: is skipped on all, and they go on (%s)', async (storage) => {
    const cluster = new PoisonCluster({ storage });
    const { leader, at, error } = await poisoned(cluster);
    const { sim } = cluster;
    expect(error).toMatchObject({ code: 'MACHINE_FAILED', outcome: 'unknown' });
    const told: unknown[] = [];
    const events = leader.group.events();
    void (async () => {
      for await (const event of events) if (event.type === 'skip') told.push(event);
    })().catch(() => {});
    const skipped = await sim.complete(leader.group.skip(at, { reason: REASON }));
    expect(skipped).toMatchObject({ entry: { index: at }, by: leader.id, reason: REASON });
    expect(skipped.at.index).toBeGreaterThan(at);
    await sim.runFor(1_000);
    expect(told).toEqual([expect.objectContaining({ ...skipped })]);
    for (const { group } of cluster.running) {
      const { skipped: all, trouble, machineFailure } = group.status();
      expect(all).toEqual([skipped]);
      expect(machineFailure).toEqual({ at: skipped.entry, skippable: true, skippedBy: skipped.at });
      expect(trouble).toContain('start this node again');
    }
    // Asked again, it is done already, and another reason changes nothing.
    expect(await sim.complete(leader.group.skip(at, { reason: 'again' }))).toEqual(skipped);
    for (const id of cluster.ids) await cluster.again(id);
    const next = await cluster.untilLeader();
    await sim.complete(next.group.execute('after', { timeoutMs: 60_000 }), 90_000);
    await cluster.converge();
    expect(new Set(cluster.states)).toEqual(
      new Set([
        JSON.stringify([
          ['after', 1],
          ['before', 1],
        ]),
      ]),
    );
    expect(cluster.running.map(({ group }) => group.status().machineFailure)).toEqual([null, null, null]);
    // Whoever sent it learns what has become of it, on any node.
    const { id } = error.details as { id: CommandId };
    const asked = await sim.complete(outcomeOf(next.group.outcome(id)));
    expect(asked.error).toMatchObject({ code: 'COMMAND_SKIPPED', outcome: 'not-applied' });
    expect(asked.error?.message).toContain(REASON);
  });

  it('is all of an atomic run', async () => {
    const cluster = new PoisonCluster();
    await cluster.ready();
    const { sim } = cluster;
    const { error } = await sim.complete(
      outcomeOf(cluster.member('n1').group.executeMany(['one', POISON, 'two'])),
    );
    const at = await cluster.untilFailed();
    const leader = await cluster.untilLeader();
    const early = await sim.complete(outcomeOf(leader.group.skip(at - 1, { reason: REASON })));
    expect(reasonOf(early.error)).toBe('not-failed');
    await sim.complete(leader.group.skip(at, { reason: REASON }));
    for (const id of cluster.ids) await cluster.again(id);
    await cluster.untilLeader();
    await cluster.converge();
    expect(new Set(cluster.states)).toEqual(new Set(['[]']));
    const { id } = (error as SmaltiError).details as { id: CommandId };
    const asked = await sim.complete(outcomeOf(cluster.member('n3').group.outcome(id)));
    expect(asked.error).toMatchObject({
      code: 'COMMAND_SKIPPED',
      outcome: 'not-applied',
      details: { refused: [0, 1, 2], of: 3 },
    });
  });

  it('is not applied by a node either that could, once its log says so', async () => {
    const cluster = new PoisonCluster();
    const { leader, at } = await poisoned(cluster);
    await cluster.sim.complete(leader.group.skip(at, { reason: REASON }));
    await cluster.sim.runFor(1_000);
    for (const id of cluster.ids) cluster.cured.add(id);
    for (const id of cluster.ids) await cluster.again(id);
    await cluster.untilLeader();
    await cluster.converge();
    expect(new Set(cluster.states)).toEqual(new Set([JSON.stringify([['before', 1]])]));
  });

  it('is in the past of those who come later, whichever way they catch up', async () => {
    const cluster = new PoisonCluster({
      checkpoints: { everyEntries: 20, keepBytes: 0 },
      join: { limits: { windowBytes: 4_096 } },
    });
    const { leader, at } = await poisoned(cluster);
    const { sim } = cluster;
    await sim.complete(leader.group.skip(at, { reason: REASON }));
    for (const id of cluster.ids) await cluster.again(id);
    const next = await cluster.untilLeader();
    for (let i = 0; i < 100; i++)
      await sim.complete(next.group.execute(`word ${i % 3}`, { timeoutMs: 60_000 }), 90_000);
    await sim.runFor(20_000);
    expect(cluster.running.map(({ group }) => group.checkpoints.list().some(({ agreed }) => agreed))).toEqual(
      [true, true, true],
    );
    expect(cluster.running.map(({ group }) => group.status().checkpoints?.diverged)).toEqual([
      null,
      null,
      null,
    ]);
    // The log that a restart begins with may hold the skip and not what it names, or neither.
    for (const id of cluster.ids) await cluster.again(id);
    await cluster.untilLeader();
    await cluster.converge();
    expect(new Set(cluster.states).size).toBe(1);
    expect(cluster.states[0]).not.toContain(POISON);
    expect(cluster.running.map(({ group }) => group.status().trouble)).toEqual([null, null, null]);
  });
});

describe('a leader that goes while it has a command skipped', () => {
  it('H47: leaves it to the next one, whenever that is', async () => {
    for (const afterMs of [0, 1, 2, 3, 4, 6, 8, 12, 20]) {
      const cluster = new PoisonCluster({ simulation: { seed: 40 + afterMs } });
      const { leader, at } = await poisoned(cluster);
      const { sim } = cluster;
      void outcomeOf(leader.group.skip(at, { reason: REASON }));
      await sim.runFor(afterMs);
      cluster.crash(leader.id);
      await cluster.untilLeader();
      await cluster.boot(leader.id);
      await sim.runFor(5_000);
      const isDone = (): boolean => cluster.running.every(({ group }) => group.status().skipped.length === 1);
      for (let tries = 0; tries < 20 && !isDone(); tries++) {
        await sim.complete(
          outcomeOf((await cluster.untilLeader()).group.skip(at, { reason: REASON })),
          30_000,
        );
        await sim.runFor(1_000);
      }
      for (const id of cluster.ids) if (cluster.failedAt(id) > 0) await cluster.again(id);
      await cluster.untilLeader();
      await cluster.converge();
      const { states } = cluster;
      expect(states, `after ${afterMs} ms`).toEqual(states.map(() => JSON.stringify([['before', 1]])));
      expect(states.length).toBe(3);
    }
  });

  it('does not apply it afterwards either, as long as its log has a skip that may yet be committed', async () => {
    const cluster = new PoisonCluster();
    const { leader, at } = await poisoned(cluster);
    const { sim } = cluster;
    // It alone has the skip, and comes back with a program that could apply the command.
    cluster.isolate(leader.id);
    void outcomeOf(leader.group.skip(at, { reason: REASON }));
    await sim.runFor(20);
    cluster.cured.add(leader.id);
    const back = await cluster.again(leader.id);
    await sim.runFor(3_000);
    expect(back.group.status()).toMatchObject({ applied: { index: at - 1 }, skipped: [], trouble: null });
    expect(back.group.status().committed.index).toBeGreaterThanOrEqual(at);
    // The others have gone on without it; so it is cut, and the command is applied.
    await cluster.untilLeader();
    cluster.heal();
    expect(await sim.runUntil(() => back.machine.query(POISON) === 1, 30_000)).toBe(true);
    for (const id of cluster.ids) cluster.cured.add(id);
    for (const id of cluster.ids) await cluster.again(id);
    await cluster.untilLeader();
    await cluster.converge();
    expect(new Set(cluster.states).size).toBe(1);
    expect(cluster.running.map(({ group }) => group.status().skipped)).toEqual([[], [], []]);
  });
});

describe('a skip is refused', () => {
  it('by a node that does not lead, where the machine has not failed, and without a reason', async () => {
    const cluster = new PoisonCluster();
    const { leader, at } = await poisoned(cluster);
    const { sim } = cluster;
    const ask = async (member: TallyMember, index: number, reason = REASON): Promise<unknown> => {
      const { error } = await sim.complete(outcomeOf(member.group.skip(index, { reason })));
      return reasonOf(error);
    };
    const [other] = cluster.others(leader);
    expect(await ask(other as TallyMember, at)).toBe('not-leader');
    expect(await ask(leader, at + 1)).toBe('not-failed');
    expect(await ask(leader, at - 1)).toBe('not-failed');
    for (const [index, reason] of [
      [0, REASON],
      [1.5, REASON],
      [at, ' '],
      [at, 'x'.repeat(1025)],
    ] as const) {
      expect(await ask(leader, index, reason)).toMatchObject({ code: 'BAD_OPTION' });
    }
    expect(leader.group.status().skipped).toEqual([]);
  });

  it('if a member is not heard, which may have applied it, until it is removed', async () => {
    const cluster = new PoisonCluster();
    await cluster.ready();
    const { sim } = cluster;
    cluster.cured.add('n3');
    await cluster.again('n3');
    await cluster.untilLeader();
    await cluster.converge();
    const told = await sim.complete(cluster.member('n3').group.execute(POISON, { timeoutMs: 30_000 }));
    expect(told.result).toBe(1);
    cluster.kill('n3');
    const at = await cluster.untilFailed(['n1', 'n2']);
    const leader = await cluster.untilLeader();
    const ask = () => sim.complete(outcomeOf(leader.group.skip(at, { reason: REASON })));
    const { error } = await ask();
    expect(error).toMatchObject({
      code: 'SKIP_REFUSED',
      details: { reason: 'not-all-failed', members: ['n3'] },
    });
    // It comes back, and may lead: what it has told its client holds.
    await cluster.boot('n3');
    await sim.runUntil(() => cluster.leader?.id === 'n3', 60_000);
    await sim.runFor(1_000);
    const now = await cluster.untilLeader();
    const again = await sim.complete(outcomeOf(now.group.skip(at, { reason: REASON })));
    expect(['not-failed', 'not-all-failed']).toContain(reasonOf(again.error));
    // The operator gives up what that node has done.
    cluster.kill('n3');
    const led = await cluster.untilLeader();
    await sim.complete(led.group.members.remove('n3', { timeoutMs: 30_000 }), 60_000);
    await sim.runFor(1_000);
    const skipped = await sim.complete((await cluster.untilLeader()).group.skip(at, { reason: REASON }));
    expect(skipped.entry.index).toBe(at);
    for (const id of ['n1', 'n2']) await cluster.again(id);
    await cluster.untilLeader();
    await cluster.converge();
    expect(cluster.states).toEqual(['[]', '[]']);
  });

  it('if a member has come back since it told, with what can apply it', async () => {
    const cluster = new PoisonCluster();
    const { leader, at } = await poisoned(cluster);
    const { sim } = cluster;
    const [other] = cluster.others(leader) as [TallyMember];
    cluster.cured.add(other.id);
    await cluster.again(other.id);
    await sim.runFor(2_000);
    const now = await cluster.untilLeader();
    const { error } = await sim.complete(outcomeOf(now.group.skip(at, { reason: REASON })));
    expect(['not-failed', 'not-all-failed']).toContain(reasonOf(error));
    expect(cluster.running.map(({ group }) => group.status().skipped)).toEqual([[], [], []]);
  });
});

describe('a member that comes back with what can apply it, before its leader has missed it', () => {
  it.each([
    ['when it has bonded', false],
    ['much later, when disks work again', true],
  ])('answers no strong read out of it: the skip is committed %s', async (_, hangs) => {
    const cluster = new PoisonCluster({ storage: 'wal' });
    const { leader, at } = await poisoned(cluster);
    const { sim } = cluster;
    const [one, two] = cluster.others(leader) as [TallyMember, TallyMember];
    cluster.cured.add(one.id);
    // Its disk knows what is committed, and nobody has missed it so far.
    const back = await cluster.again(one.id);
    await sim.runUntil(() => back.group.status().applied.index >= at, 1_000);
    expect(back.machine.query(POISON)).toBe(1);
    expect(leader.group.status().role).toBe('leader');
    // Both hear their leader, and confirm what it asks, long before they have the skip on their disks.
    if (hangs) for (const { sim: node } of [back, two]) node.disk.hangSyncs();
    const skip = leader.group.skip(at, { reason: REASON, timeoutMs: 20_000 });
    const ask = () => outcomeOf(back.group.query(POISON, 'strong', { timeoutMs: 20_000 }));
    const asked = Promise.all([ask(), sim.runFor(2_500).then(ask), skip]);
    await sim.runFor(5_000);
    expect(back.group.status().leader).toBe(leader.id);
    for (const { sim: node } of [back, two]) node.disk.releaseSyncs();
    const [first, second] = await sim.complete(asked, 60_000);
    for (const { error } of [first, second]) {
      expect(error).toMatchObject({ code: 'MACHINE_FAILED' });
      expect(error?.message).toContain('start this node again');
    }
    for (const id of cluster.ids) await cluster.again(id);
    await cluster.untilLeader();
    await cluster.converge();
    expect(new Set(cluster.states)).toEqual(new Set([JSON.stringify([['before', 1]])]));
  });
});
