import type { ReadOptions } from '@smalti/raft';
import { describe, expect, it } from 'vitest';
import { CounterCluster, outcomeOf } from '../../src/counter-cluster.ts';

const LEASE = { lease: {} } as const;

async function settled(reads?: ReadOptions): Promise<CounterCluster> {
  const cluster = await new CounterCluster(reads === undefined ? {} : { join: { reads } }).ready();
  const leader = await cluster.untilLeader();
  await cluster.sim.complete(leader.group.execute(8));
  await cluster.sim.runFor(1000);
  return cluster;
}

describe('strong reads by leases', () => {
  it('are answered by the leader at once, which without them takes a round', async () => {
    for (const [reads, instant] of [
      [LEASE, true],
      [undefined, false],
    ] as const) {
      const cluster = await settled(reads);
      const leader = await cluster.untilLeader();
      const asked = cluster.sim.now;
      expect((await cluster.sim.complete(leader.group.query(undefined, 'strong'))).result).toBe(8);
      expect(cluster.sim.now === asked).toBe(instant);
    }
  });

  it('H9, H34: are never answered by a leader that was stopped or cut off, once another may lead', async () => {
    for (const trouble of ['pause', 'cut'] as const) {
      const cluster = await settled(LEASE);
      const { sim } = cluster;
      const old = await cluster.untilLeader();
      const [other] = cluster.others(old);
      if (other === undefined) throw new Error('nobody else');
      if (trouble === 'pause') old.sim.pause();
      else cluster.isolate(old.id);
      await sim.runUntil(
        () => cluster.others(old).some(({ group }) => group.status().role === 'leader'),
        20_000,
      );
      await sim.complete(other.group.execute(1, { timeoutMs: 30_000 }));
      if (trouble === 'pause') await sim.runFor(60_000);
      const read = outcomeOf(old.group.query(undefined, 'strong', { timeoutMs: 3000 }));
      if (trouble === 'pause') old.sim.resume();
      const { value, error } = await sim.complete(read);
      if (error === null) expect(value?.result).toBe(9);
      else expect(error.code).toBe('TIMEOUT');
    }
  });

  it('want a ratio that leaves something of an election timeout', async () => {
    for (const maxDriftRatio of [-0.1, 1, Number.NaN]) {
      const cluster = new CounterCluster({ join: { reads: { lease: { maxDriftRatio } } } });
      const { error } = await outcomeOf(cluster.sim.complete(cluster.start()));
      expect(error).toMatchObject({ code: 'BAD_OPTION', message: expect.stringContaining('maxDriftRatio') });
    }
  });
});
