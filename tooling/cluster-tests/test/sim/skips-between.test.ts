import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../src/counter-cluster.ts';
import { POISON, PoisonCluster } from '../../src/poison-cluster.ts';

const REASON = 'ticket 17: a word that the machine chokes on';

describe('a marker between a command and what skips it', () => {
  it('is agreed on by nobody, though a majority had applied the command when it came to it', async () => {
    const cluster = new PoisonCluster({
      storage: 'wal',
      checkpoints: { keepBytes: 0, everyMs: 3_600_000, abandonMs: 60_000 },
      // Who comes back finds the leader that was, and does not elect another.
      join: { timing: { heartbeatMs: 100, electionMinMs: 3_000, electionMaxMs: 6_000 } },
    });
    await cluster.ready();
    const { sim } = cluster;
    const first = await cluster.untilLeader();
    await sim.complete(first.group.execute('before'));
    void outcomeOf(first.group.execute(POISON));
    void first.group.checkpoints.take().catch(() => {});
    const at = await cluster.untilFailed();
    const leader = await cluster.untilLeader();
    const others = cluster.others(leader).map(({ id }) => id);
    // The skip is in the leader's log alone when the others come back with what can apply the command.
    for (const id of others) cluster.kill(id);
    const skip = outcomeOf(leader.group.skip(at, { reason: REASON, timeoutMs: 20_000 }));
    for (const id of others) {
      cluster.cured.add(id);
      await cluster.boot(id);
    }
    expect((await sim.complete(skip, 30_000)).error).toBeNull();
    await sim.runFor(1_000);
    for (const id of others) {
      const { machine, group } = cluster.member(id);
      expect(machine.query(POISON)).toBe(1);
      expect(group.status().trouble).toContain('the state machine failed');
      expect(group.status().trouble).toContain('before that was known: start this node again');
      expect(group.status().checkpoints?.kept).toHaveLength(1);
    }
    // One after the other, as in a rolling restart: who has skipped it meets those that have applied it.
    for (const id of [leader.id, ...others]) {
      await cluster.again(id);
      await sim.runFor(30_000);
    }
    const now = await cluster.untilLeader();
    await sim.complete(now.group.execute('after', { timeoutMs: 60_000 }), 90_000);
    await cluster.converge();
    expect(cluster.running.map(({ group }) => group.status().trouble)).toEqual([null, null, null]);
    expect(new Set(cluster.states)).toEqual(
      new Set([
        JSON.stringify([
          ['after', 1],
          ['before', 1],
        ]),
      ]),
    );
    // The next one is agreed on by all.
    await sim.complete(now.group.checkpoints.take());
    await sim.runFor(5_000);
    const roots = cluster.running.map(
      ({ group }) => group.checkpoints.list().find(({ agreed }) => agreed)?.root,
    );
    expect(new Set(roots).size).toBe(1);
    expect(roots[0]).toBeDefined();
  });
});
