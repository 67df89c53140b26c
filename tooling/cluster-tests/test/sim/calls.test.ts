import { describe, expect, it } from 'vitest';
import type { CounterMachine } from '../../src/counter.ts';
import { CounterCluster, outcomeOf } from '../../src/counter-cluster.ts';

describe('a call that cannot be done says why', () => {
  it('no commands, and too large a one', async () => {
    const cluster = await new CounterCluster({ join: { limits: { maxCommandBytes: 100 } } }).ready();
    const { sim } = cluster;
    for (const { group } of cluster.running) {
      const many = Array.from({ length: 101 }, () => 1);
      const calls = [
        group.executeMany([]),
        group.feedMany([]),
        group.executeMany(many),
        group.feedMany(many),
      ];
      const ends = await sim.complete(Promise.all(calls.map((call) => outcomeOf<unknown>(call))));
      expect(ends.map(({ error }) => error?.code)).toEqual([
        'NO_COMMANDS',
        'NO_COMMANDS',
        'COMMAND_TOO_LARGE',
        'COMMAND_TOO_LARGE',
      ]);
      for (const { error } of ends) expect(error?.outcome).toBe('not-applied');
    }
    await cluster.converge();
    for (const { machine } of cluster.running) expect(machine.applied).toEqual([]);
  });

  it('a command that the codec refuses', async () => {
    const cluster = await new CounterCluster().ready();
    const { group } = await cluster.untilLeader();
    const { error } = await cluster.sim.complete(outcomeOf(group.execute(Number.NaN)));
    expect(error).toMatchObject({ code: 'ENCODING', outcome: 'not-applied' });
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '5' as never, null as never])(
    'a deadline that cannot be: %s',
    async (timeoutMs) => {
      const cluster = await new CounterCluster().ready();
      const { group } = await cluster.untilLeader();
      const bad = { timeoutMs };
      const id = { session: await cluster.sim.complete(group.openSession()), sequence: 1 };
      const handle = group.handle();
      const submitted = (): Promise<unknown> =>
        new Promise((resolve, reject) => {
          handle.submit(1, (error, value) => (error === null ? resolve(value) : reject(error)), bad);
        });
      const asked = (): Promise<unknown> =>
        new Promise((resolve, reject) => {
          handle.ask(undefined, (error, value) => (error === null ? resolve(value) : reject(error)), bad);
        });
      const of: Record<string, readonly (() => Promise<unknown>)[]> = {
        'not-applied': [
          () => group.execute(1, bad),
          () => group.execute(1, { ...bad, as: id }),
          () => handle.execute(1, bad),
          () => group.executeMany([1, 2], bad),
          () => group.feed(1, bad),
          () => group.feedMany([1], bad),
          submitted,
          () => group.members.change([{ type: 'demote', node: 'n1' }], bad),
          () => group.members.add({ id: 'n9', incarnation: '0'.repeat(32), address: 'n9' }, bad),
          () => group.members.promote('n1', bad),
          () => group.members.demote('n1', bad),
          () => group.members.remove('n1', bad),
          () => group.members.transfer(undefined, bad),
        ],
        unknown: [() => group.outcome(id, bad), () => group.openSession(bad)],
        none: [
          () => group.query(undefined, 'strong', bad),
          () => group.query(undefined, 'weak', bad),
          () => group.query(undefined, { maxAgeMs: 60_000 }, bad),
          asked,
          () => group.ready(bad),
          () => group.skip(1, { reason: 'none', ...bad }),
          () => group.at(group.status().applied.index, () => 1, bad),
          () => group.when.leaderElected(bad),
          () => group.when.isLeader(bad),
          () => group.when.offline(bad),
          () => group.when.reaches('log', 1, bad),
          () => group.when.advanced('applied', bad),
        ],
      };
      for (const [outcome, calls] of Object.entries(of)) {
        for (const call of calls) {
          const { error } = await cluster.sim.complete(outcomeOf(call()));
          expect(error, String(call)).toMatchObject({
            code: 'BAD_OPTION',
            outcome,
            details: { option: 'timeoutMs', value: timeoutMs },
          });
        }
      }
      expect(() => group.when.leaders(bad)).toThrow('option timeoutMs is');
      expect(() => group.when.changes('log', bad)).toThrow('option timeoutMs is');
      expect(group.status().pending).toMatchObject({ commands: 0, reads: 0 });
      expect(cluster.running.map(({ machine }) => machine.applied)).toEqual([[], [], []]);
    },
  );

  it('aborted before and after it was sent', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const early = await sim.complete(outcomeOf(leader.group.execute(1, { signal: AbortSignal.abort() })));
    expect(early.error).toMatchObject({ code: 'ABORTED', outcome: 'not-applied' });
    const stop = new AbortController();
    const late = outcomeOf(leader.group.execute(2, { signal: stop.signal }));
    await sim.runUntil(() => leader.group.status().log.last > 2, 100);
    stop.abort();
    expect((await sim.complete(late)).error).toMatchObject({ code: 'ABORTED', outcome: 'unknown' });
    await cluster.converge();
    expect(leader.machine.value).toBe(2);
  });

  it('more than may wait, by number and by bytes; and there is room again when those are done', async () => {
    for (const limits of [{ maxPending: 3 }, { maxPendingBytes: 60 }]) {
      const cluster = await new CounterCluster({ join: { limits } }).ready();
      const { sim } = cluster;
      const leader = await cluster.untilLeader();
      const ends = await sim.complete(
        Promise.all([1, 1, 1, 1, 1, 1].map((n) => outcomeOf(leader.group.execute(n)))),
      );
      const refused = ends.filter(({ error }) => error !== null);
      expect(refused.length).toBeGreaterThan(0);
      for (const { error } of refused)
        expect(error).toMatchObject({ code: 'OVERLOADED', outcome: 'not-applied' });
      expect(leader.machine.value).toBe(6 - refused.length);
      await sim.complete(leader.group.execute(1));
    }
  });

  it('no leader: commands are not applied, reads time out, and nothing of them is kept', async () => {
    const cluster = await new CounterCluster({ join: { limits: { maxHandlePending: 4000 } } }).ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    cluster.isolate(leader.id);
    await sim.runFor(5000);
    expect(leader.group.status().leader).toBeNull();
    for (let round = 0; round < 5; round++) {
      const writes = Array.from({ length: 2000 }, () =>
        outcomeOf(leader.group.execute(1, { timeoutMs: 500 })),
      );
      const reads = Array.from({ length: 10 }, () =>
        outcomeOf(leader.group.query(undefined, 'strong', { timeoutMs: 500 })),
      );
      for (const { error } of await sim.complete(Promise.all(writes))) {
        expect(error).toMatchObject({ code: 'OFFLINE', outcome: 'not-applied', retryable: true });
      }
      for (const { error } of await sim.complete(Promise.all(reads))) expect(error?.code).toBe('TIMEOUT');
    }
    cluster.heal();
    await cluster.converge();
    expect(leader.machine.value).toBe(0);
  });
});

describe('what can be waited for', () => {
  it('leaders, being online, and positions', async () => {
    const cluster = new CounterCluster();
    await cluster.start();
    const { sim } = cluster;
    const { group } = cluster.member('n1');
    const elected = await sim.complete(group.when.leaderElected());
    const leader = cluster.member(elected);
    const [follower, other] = cluster.others(leader);
    if (follower === undefined || other === undefined) throw new Error('no followers');
    await sim.complete(Promise.all([leader.group.when.isLeader(), follower.group.when.isFollower()]));
    await sim.complete(Promise.all(cluster.running.map((member) => member.group.when.online())));
    const next = follower.group.when.advanced('applied');
    const reached = follower.group.when.reaches('committed', follower.group.status().committed.index + 2);
    const first = await sim.complete(leader.group.execute(1));
    expect(await sim.complete(next)).toEqual(first.at);
    const second = await sim.complete(leader.group.execute(1));
    expect((await sim.complete(reached)).index).toBe(second.at.index);
    const changed = follower.group.when.leaderChanged();
    const offline = leader.group.when.offline();
    const reverted = leader.group.when.reverted();
    cluster.isolate(leader.id);
    void outcomeOf(leader.group.execute(50));
    expect(await sim.complete(changed)).not.toBe(leader.id);
    await sim.complete(offline);
    const heir = await sim.complete(follower.group.when.leaderElected());
    await sim.complete(other.group.when.leaderIs(heir));
    await sim.complete(cluster.member(heir).group.execute(7));
    cluster.heal();
    const back = await sim.complete(reverted);
    expect(back.index).toBe(second.at.index);
    await sim.complete(leader.group.when.leaderIs(heir));
    await sim.complete(leader.group.when.online());
    const never = await outcomeOf(sim.complete(leader.group.when.reaches('log', 9999, { timeoutMs: 100 })));
    expect(never.error?.code).toBe('TIMEOUT');
  });

  it('changes of a position, the newest only, until it is aborted', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const stop = new AbortController();
    const seen: number[] = [];
    const over = (async () => {
      for await (const at of leader.group.when.changes('applied', { signal: stop.signal }))
        seen.push(at.index);
    })();
    const base = leader.group.status().applied.index;
    for (let i = 0; i < 3; i++) await sim.complete(leader.group.execute(1));
    await sim.complete(leader.group.executeMany([1, 1, 1, 1]));
    await sim.runFor(10);
    stop.abort();
    await sim.complete(over);
    expect(seen.map((index) => index - base)).toEqual([1, 2, 3, 7]);
  });

  it('the machine at exactly one position, and no other', async () => {
    const cluster = await new CounterCluster().ready();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const { index } = leader.group.status().applied;
    const value = (machine: unknown): number => (machine as CounterMachine).value;
    const looks = cluster.running.map(({ group }) => group.at(index + 2, value));
    const writes = [1, 10, 100].map((command) => outcomeOf(leader.group.execute(command)));
    expect(await sim.complete(Promise.all(looks))).toEqual([11, 11, 11]);
    await sim.complete(Promise.all(writes));
    expect(await sim.complete(leader.group.at(index + 3, value))).toBe(111);
    expect((await sim.complete(outcomeOf(leader.group.at(index + 1, value)))).error?.code).toBe(
      'INDEX_PASSED',
    );
    const late = await sim.complete(outcomeOf(leader.group.at(index + 9, value, { timeoutMs: 50 })));
    expect(late.error?.code).toBe('TIMEOUT');
  });
});
