import { describe, expect, it } from 'vitest';
import { Clients } from '../../src/clients.ts';
import { LedgerMachine } from '../../src/ledger.ts';
import { SimCluster } from '../../src/sim-cluster.ts';

describe('on write-ahead logs', () => {
  it.each([1, 2, 3])('the power goes everywhere at once, ten times under load (seed %i)', async (seed) => {
    const cluster = await new SimCluster<number, void, number, LedgerMachine>({
      size: 3,
      storage: 'wal',
      machine: () => new LedgerMachine(),
      simulation: { seed },
    }).ready();
    const { sim } = cluster;
    const clients = new Clients(cluster, { clients: 5, pauseMs: 12, reads: 0.2 });
    const over = clients.start();
    let before = 0;
    for (let round = 0; round < 10; round++) {
      await sim.runFor(sim.random.between(100, 250));
      expect(clients.acknowledged.size, `round ${round}`).toBeGreaterThan(before);
      before = clients.acknowledged.size;
      // In the middle of whatever the disks do: each sector that was not synced survives or not, by chance.
      for (const id of cluster.ids) cluster.crash(id);
      const told = new Map(clients.acknowledged);
      for (const id of cluster.ids) await cluster.boot(id, { bootstrap: id === 'n1' });
      await cluster.untilLeader();
      for (const { group } of cluster.running) await sim.complete(group.query(undefined, 'strong'));
      expect(clients.check(told), cluster.show()).toEqual([]);
    }
    clients.stop();
    await sim.complete(over);
    await cluster.converge();
    expect(clients.check()).toEqual([]);
    for (const { machine } of cluster.running) {
      expect(machine.entries).toEqual(cluster.member('n1').machine.entries);
    }
  });

  it('a disk that lies about its syncs is found out by the same test', async () => {
    const cluster = await new SimCluster<number, void, number, LedgerMachine>({
      size: 3,
      storage: 'wal',
      machine: () => new LedgerMachine(),
    }).ready();
    const { sim } = cluster;
    for (const { disk } of sim.nodes) disk.ignoreSync = true;
    const clients = new Clients(cluster, { clients: 10, pauseMs: 4, reads: 0 });
    void clients.start();
    await sim.runFor(300);
    expect(clients.acknowledged.size).toBeGreaterThan(10);
    for (const id of cluster.ids) cluster.member(id).sim.crash({ keep: 'nothing' });
    clients.stop();
    for (const id of cluster.ids) await cluster.boot(id);
    await cluster.untilLeader();
    await sim.complete(cluster.member('n1').group.query(undefined, 'strong'));
    expect(clients.check().some((problem) => problem.includes('lacks'))).toBe(true);
  });
});
