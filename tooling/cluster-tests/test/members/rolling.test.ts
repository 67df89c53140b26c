import { describe, expect, it } from 'vitest';
import { Clients } from '../../src/clients.ts';
import { LedgerMachine } from '../../src/ledger.ts';
import { type JoinExtras, KEY, SimCluster } from '../../src/sim-cluster.ts';

type Ledger = SimCluster<number, void, number, LedgerMachine>;

const NEW_KEY = new TextEncoder().encode('another group key of the tests');

/** The longest election of the times that nodes have before or after, in milliseconds, and time to hear of it. */
const LONGEST_GAP_MS = 2 * 2_000;

async function cluster(): Promise<Ledger> {
  return new SimCluster<number, void, number, LedgerMachine>({
    size: 3,
    machine: () => new LedgerMachine(),
  }).ready();
}

/** Restarts one node after the other with other options, the leader among them, while clients write and read. */
async function roll(of: Ledger, clients: Clients, options: JoinExtras): Promise<void> {
  const { sim } = of;
  const { group } = of.member('n1').group.status();
  for (const id of of.ids) {
    of.kill(id);
    await sim.runFor(200);
    await of.boot(id, options);
    let longest = 0;
    const end = sim.now + 4_500;
    while (sim.now < end) {
      await sim.runFor(50);
      longest = Math.max(longest, sim.now - clients.lastAt);
    }
    expect(longest, `${id} restarts\n${of.show()}`).toBeLessThan(LONGEST_GAP_MS);
    for (const member of of.running) {
      const status = member.group.status();
      expect(status.group, member.id).toBe(group);
      expect(status.voter, member.id).toBe(true);
      expect(status.bonds.map((bond) => bond.id).sort(), member.id).toEqual(
        of.ids.filter((other) => other !== member.id),
      );
    }
  }
}

async function underLoad(of: Ledger, what: (clients: Clients) => Promise<void>): Promise<void> {
  const clients = new Clients(of, { clients: 3, pauseMs: 60, reads: 0.3, timeoutMs: 6_000 });
  const over = clients.start();
  await of.sim.runFor(500);
  await what(clients);
  clients.stop();
  await of.sim.complete(over);
  await of.converge();
  expect(clients.check()).toEqual([]);
  expect(clients.acknowledged.size).toBeGreaterThan(300);
}

describe('a rolling restart', () => {
  it('H25: may change every time that nodes wait for: they stay one group, and writes go on', async () => {
    const of = await cluster();
    const timing = { heartbeatMs: 40, electionMinMs: 400, electionMaxMs: 700, diskStallMs: 900 };
    const limits = { maxAppendBytes: 4_000, windowBytes: 100_000, maxInflightBytes: 20_000 };
    await underLoad(of, async (clients) => {
      await roll(of, clients, { timing, limits });
      await roll(of, clients, { timing: { ...timing, electionMinMs: 800, electionMaxMs: 1_900 } });
    });
  });

  it('H25: may change the key of the group: both count, the new one first, and then the new one alone', async () => {
    const of = await cluster();
    const { group } = of.member('n1').group.status();
    await underLoad(of, async (clients) => {
      await roll(of, clients, { keys: [NEW_KEY, KEY] });
      await roll(of, clients, { keys: [NEW_KEY], group });
    });
  });
});

describe('a node that is paused for a minute', () => {
  it.each(['leader', 'follower'])('H34: as a %s, answers no stale read when it goes on', async (role) => {
    for (let seed = 1; seed <= 5; seed++) {
      const of = await new SimCluster<number, void, number, LedgerMachine>({
        size: 3,
        machine: () => new LedgerMachine(),
        simulation: { seed },
      }).ready();
      const { sim } = of;
      const leader = await of.untilLeader();
      const others = of.others(leader);
      const paused = role === 'leader' ? leader : others[0];
      const [writer] = of.others(paused ?? leader);
      if (paused === undefined || writer === undefined) throw new Error('there are three');
      await sim.complete(leader.group.execute(1));
      await of.converge();
      paused.sim.pause();
      await sim.runFor(60_000);
      await sim.complete(writer.group.execute(2));
      const { result: size } = await sim.complete(writer.group.execute(3));
      paused.sim.resume();
      // Right away, and again and again until it has heard of the others.
      for (let i = 0; i < 20; i++) {
        const read = paused.group.query(undefined, 'strong', { timeoutMs: 3_000 }).then(
          ({ result }) => result,
          () => null,
        );
        const result = await sim.complete(read);
        if (result !== null) expect(result, `seed ${seed}, read ${i}`).toBe(size);
      }
      await of.converge();
      const { result } = await sim.complete(paused.group.query(undefined, 'strong'));
      expect(result).toBe(size);
    }
  });
});
