import { autopilot } from '@smalti/raft';
import { describe, expect, it } from 'vitest';
import { Clients } from '../../src/clients.ts';
import { LedgerMachine } from '../../src/ledger.ts';
import { type Member, SimCluster } from '../../src/sim-cluster.ts';

type Reader = Member<number, void, number, LedgerMachine>;

const READERS = Array.from({ length: 20 }, (_, i) => `r${i + 1}`);
const READER = { peers: {}, join: ['n2'], preference: 'observer' } as const;

class Ledgers extends SimCluster<number, void, number, LedgerMachine> {
  /** Three voters. */
  static async voters(policy = autopilot()): Promise<Ledgers> {
    return (await new Ledgers({
      size: 3,
      machine: () => new LedgerMachine(),
      join: { policy },
    }).ready()) as Ledgers;
  }

  /** Who is a learner, as the leader knows. */
  get learners(): string[] {
    const members = this.leader?.group.status().members ?? [];
    return members.filter(({ role }) => role === 'learner').map(({ id }) => `${id}`);
  }

  async untilLearners(count: number, limitMs = 60_000): Promise<void> {
    const found = await this.sim.runUntil(() => this.learners.length === count, limitMs);
    expect(found, `${this.learners.length} of ${count}\n${this.show()}`).toBe(true);
  }
}

describe('nodes that only read', () => {
  it('join a loaded group by twenties: no leader is lost, no write waits for them, and all have all of it', async () => {
    const cluster = await Ledgers.voters();
    const { sim } = cluster;
    const leader = await cluster.untilLeader();
    const { term } = leader.group.status();
    const clients = new Clients(cluster, { clients: 3, pauseMs: 30, reads: 0.2, timeoutMs: 20_000 });
    const over = clients.start();
    await sim.runFor(300);
    const readers: Reader[] = [];
    for (const id of READERS) readers.push(await cluster.boot(id, READER));
    await cluster.untilLearners(READERS.length);

    // A majority of all that have the log is gone, and none of those that count.
    for (const { id } of readers.slice(0, 15)) cluster.kill(id);
    const before = clients.acknowledged.size;
    await sim.runFor(1_500);
    expect(clients.acknowledged.size).toBeGreaterThan(before + 30);
    for (const { id } of readers.slice(0, 15)) await cluster.boot(id, READER);
    await sim.runFor(500);
    clients.stop();
    await sim.complete(over);
    await cluster.converge();
    expect(clients.check()).toEqual([]);
    expect(leader.group.status()).toMatchObject({ term, role: 'leader' });
    for (const id of READERS) {
      const { group, machine } = cluster.member(id);
      expect(group.status().voter).toBe(false);
      expect(machine.entries).toEqual(leader.machine.entries);
    }
  }, 60_000);

  it('are forgotten when they were gone for long, and are welcome again with an empty disk', async () => {
    const cluster = await Ledgers.voters(autopilot({ forgetAfterMs: 30_000 }));
    for (const id of ['r1', 'r2']) await cluster.boot(id, READER);
    await cluster.untilLearners(2);
    // Who does not know that it was a member is not told that it is none any more: it would ask to be one.
    await cluster.converge();
    cluster.kill('r1');
    await cluster.sim.runFor(25_000);
    expect(cluster.learners).toHaveLength(2);
    await cluster.untilLearners(1);
    expect(cluster.learners).toEqual(['r2']);
    const again = await cluster.boot('r1', READER);
    const told = await cluster.sim.runUntil(
      () => again.group.status().trouble?.includes('removed') === true,
      20_000,
    );
    expect(told, cluster.show()).toBe(true);
    cluster.kill('r1');
    cluster.wipe('r1');
    await cluster.boot('r1', READER);
    await cluster.untilLearners(2);
    await cluster.converge();
  });
});
