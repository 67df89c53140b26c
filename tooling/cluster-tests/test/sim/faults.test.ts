import { describe, expect, it } from 'vitest';
import { CounterMachine } from '../../src/counter.ts';
import { CounterCluster, outcomeOf } from '../../src/counter-cluster.ts';

/** Refuses to go on at 666. */
class Brittle extends CounterMachine {
  broken = false;

  override apply(command: number, context: Parameters<CounterMachine['apply']>[1]): number {
    if (this.broken && command === 666) throw new Error('cannot go on');
    return super.apply(command, context);
  }
}

describe('the disk of the leader', () => {
  it('H23 and H32: is full: it steps down, says so, and takes part again when there is room', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    await sim.complete(leader.group.execute(1));
    cluster.memory(leader.id).capacity = 400;
    const end = outcomeOf(leader.group.executeMany(Array.from({ length: 20 }, () => 1)));
    expect(await sim.runUntil(() => leader.group.status().role !== 'leader', 10_000)).toBe(true);
    expect(leader.group.status().trouble).toBe('the disk is full');
    const other = await cluster.untilLeader();
    expect(other.id).not.toBe(leader.id);
    await sim.complete(other.group.execute(100));
    // What it cannot hold itself it still forwards: nothing here says that the others are full.
    const forwarded = outcomeOf(leader.group.execute(1000, { timeoutMs: 2000 }));
    expect((await sim.complete(forwarded)).error?.outcome ?? 'unknown').toBe('unknown');
    cluster.memory(leader.id).capacity = 1e9;
    await cluster.converge();
    expect(leader.group.status().trouble).toBeNull();
    cluster.expectEqual();
    const applied = leader.machine.applied.map(({ command }) => command);
    expect(applied).toContain(1000);
    const { value, error } = await sim.complete(end);
    const whole = applied.filter((command) => command === 1).length === 21;
    if (value !== null) expect(whole).toBe(true);
    if (error?.outcome === 'not-applied') expect(whole).toBe(false);
  });

  it('H23: fails: the node stops for good and says why, and the others go on', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const waits = [
      outcomeOf<unknown>(leader.group.when.reaches('log', 1000)),
      outcomeOf<unknown>(leader.group.at(1000, () => {})),
    ];
    const end = outcomeOf(leader.group.execute(1));
    await sim.runUntil(() => leader.group.status().log.last > 2, 100);
    cluster.memory(leader.id).fail('the fsync failed');
    const failed = await sim.complete(leader.node.failed);
    expect(failed.message).toContain('fsync');
    expect((await sim.complete(end)).error).toMatchObject({ code: 'STOPPED', outcome: 'unknown' });
    for (const wait of waits) expect((await sim.complete(wait)).error?.code).toBe('STOPPED');
    const refused = [leader.group.execute(1), leader.group.query(undefined, 'strong')].map((call) =>
      outcomeOf<unknown>(call),
    );
    const [write, read] = await sim.complete(Promise.all(refused));
    expect(write?.error).toMatchObject({ code: 'STOPPED', outcome: 'not-applied' });
    expect(read?.error).toMatchObject({ code: 'STOPPED', outcome: 'none' });
    expect(leader.group.status()).toMatchObject({ role: 'follower', leader: null });
    const other = await cluster.untilLeader();
    await sim.complete(other.group.execute(10));
    cluster.crash(leader.id);
    await cluster.boot(leader.id);
    await cluster.converge();
    cluster.expectEqual();
  });

  it('H23: fails under a write-ahead log: the same', async () => {
    const cluster = await new CounterCluster({ storage: 'wal' }).ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    leader.sim.disk.fail({ kind: 'sync' });
    const end = outcomeOf(leader.group.execute(1));
    await sim.complete(leader.node.failed);
    expect((await sim.complete(end)).error).toMatchObject({ code: 'STOPPED', outcome: 'unknown' });
    await cluster.untilLeader();
    await sim.complete(cluster.leader?.group.execute(10) ?? Promise.reject(new Error('nobody')));
  });

  it('H29: hangs: another node leads', async () => {
    const cluster = await new CounterCluster({ storage: 'wal' }).ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    leader.sim.disk.hangSyncs();
    const stuck = outcomeOf(leader.group.execute(5, { timeoutMs: 30_000 }));
    const others = cluster.others(leader);
    const led = (): boolean => others.some(({ group }) => group.status().role === 'leader');
    expect(await sim.runUntil(led, 10_000)).toBe(true);
    expect(leader.group.status().role).not.toBe('leader');
    await sim.complete(others[0]?.group.execute(1) ?? Promise.reject(new Error('nobody')));
    leader.sim.disk.releaseSyncs();
    await sim.complete(stuck);
    await cluster.converge();
    cluster.expectEqual();
  });
});

describe('a machine that fails', () => {
  it('stops applying on its node alone: leadership moves, calls are told, and it goes on voting', async () => {
    const cluster = await new CounterCluster({ machine: () => new Brittle() }).ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    (leader.machine as Brittle).broken = true;
    const { last } = leader.group.status().log;
    const waits = [
      outcomeOf<unknown>(leader.group.at(last + 5, () => {})),
      outcomeOf<unknown>(leader.group.when.reaches('applied', last + 5)),
    ];
    const calls = [leader.group.execute(1), leader.group.execute(666), leader.group.execute(2)].map(
      outcomeOf,
    );
    const read = outcomeOf(leader.group.query(undefined, 'strong'));
    const ends = await sim.complete(Promise.all(calls));
    expect(ends[0]?.value?.result).toBe(1);
    for (const { error } of ends.slice(1)) {
      expect(error).toMatchObject({ code: 'MACHINE_FAILED', outcome: 'unknown' });
    }
    expect((await sim.complete(read)).error).toMatchObject({ code: 'MACHINE_FAILED', outcome: 'none' });
    for (const wait of waits) expect((await sim.complete(wait)).error?.code).toBe('MACHINE_FAILED');
    const others = cluster.others(leader);
    expect(
      await sim.runUntil(() => others.some(({ group }) => group.status().role === 'leader'), 10_000),
    ).toBe(true);
    const [one, two] = others;
    await sim.complete(one?.group.execute(10) ?? Promise.reject(new Error('nobody')));
    expect(one?.machine.value).toBe(679);
    expect(leader.machine.value).toBe(1);
    expect(leader.group.status().trouble).toContain('state machine failed');
    expect(leader.node).toBeDefined();
    // It still makes a quorum with one other.
    cluster.crash((cluster.leader?.id === one?.id ? two?.id : one?.id) ?? '');
    const left = await cluster.untilLeader();
    expect((await sim.complete(left.group.execute(1))).result).toBe(680);
  });

  it('H47: fails on every node: there still is a leader that commits, and what comes after is applied once it is mended', async () => {
    let broken = true;
    const cluster = await new CounterCluster({
      machine: () => Object.assign(new Brittle(), { broken }),
    }).ready();
    const { sim } = cluster;
    const first = await cluster.untilLeader();
    const end = await sim.complete(outcomeOf(first.group.execute(666)));
    expect(end.error).toMatchObject({ code: 'MACHINE_FAILED', outcome: 'unknown' });
    const failed = (): boolean =>
      cluster.running.every(({ group }) => group.status().trouble?.includes('state machine failed'));
    expect(await sim.runUntil(failed, 20_000)).toBe(true);
    // Restarts fail at the same entry, and lead and commit all the same.
    for (const id of cluster.ids) {
      cluster.crash(id);
      await cluster.boot(id);
    }
    expect(await sim.runUntil(failed, 20_000)).toBe(true);
    const led = await cluster.untilLeader();
    const { committed } = led.group.status();
    cluster.crash(led.id);
    const commits = (): boolean =>
      cluster.others(led).some(({ group }) => {
        const { role, committed: now } = group.status();
        return role === 'leader' && now.index > committed.index;
      });
    expect(await sim.runUntil(commits, 20_000)).toBe(true);
    broken = false;
    await cluster.boot(led.id);
    for (const id of cluster.ids.filter((each) => each !== led.id)) {
      cluster.crash(id);
      await cluster.boot(id);
    }
    const mended = await cluster.untilLeader();
    expect((await sim.complete(mended.group.execute(1))).result).toBe(667);
    await cluster.converge();
    cluster.expectEqual();
  });

  it('H30: a batch that gives too few results, or an error, stops applying, and nothing is miscounted', async () => {
    for (const wrong of ['few', 'error'] as const) {
      const cluster = await new CounterCluster({
        machine: () => {
          const machine = new CounterMachine();
          const applyBatch = (
            commands: readonly number[],
            contexts: readonly { at: { index: number; term: number } }[],
          ) => {
            if (wrong === 'few' && commands.includes(7)) return [];
            const results = commands.map((command, i) =>
              command === 7
                ? new Error('no')
                : machine.apply(command, contexts[i] ?? { at: { index: 0, term: 0 } }),
            );
            return results;
          };
          return Object.assign(machine, { applyBatch });
        },
      }).ready();
      const { sim } = cluster;
      const leader = await cluster.untilLeader();
      const run = await sim.complete(leader.group.executeMany([1, 2, 3]));
      expect(run.results).toEqual([1, 3, 6]);
      expect(leader.machine.applied.map(({ index }) => index - run.first)).toEqual([0, 1, 2]);
      const { error } = await sim.complete(outcomeOf(leader.group.execute(7)));
      expect(error).toMatchObject({ code: 'MACHINE_FAILED', outcome: 'unknown' });
      expect(leader.group.status().applied.index).toBe(run.last);
    }
  });
});
