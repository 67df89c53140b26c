import { LIES, type Lie } from '@smalti/seeds/liar';
import { describe, expect, it } from 'vitest';
import { LedgerCluster } from '../../src/ledger-cluster.ts';

const GAP = 500;

/** Every lie in the middle, and two of them at the beginning and near the end. */
const liesAt = (share: number): readonly Lie[] => (share === 0.5 ? LIES : ['damaged', 'silent']);
const storesAt = (share: number) => (share === 0.5 ? (['memory', 'wal'] as const) : (['memory'] as const));

interface Scene {
  readonly cluster: LedgerCluster;
  /** Who catches up. */
  readonly joiner: string;
  /** Who serves it, and does not lead. */
  readonly provider: string;
}

/** A node that lacks many entries comes back under load, and has fetched a share of them. */
async function scene(seed: number, share: number, storage: 'memory' | 'wal', gap = GAP): Promise<Scene> {
  const cluster = await new LedgerCluster({ seed, storage }).ready();
  const { sim } = cluster;
  const leader = await cluster.untilLeader();
  const [victim, ...others] = cluster.others(leader);
  const joiner = victim?.id ?? '';
  cluster.kill(joiner);
  await cluster.grow(gap);
  await cluster.boot(joiner);
  const begun = await sim.runUntil(() => cluster.sync(joiner).entries >= share * gap, 30_000);
  expect(begun, cluster.show()).toBe(true);
  expect(cluster.sync(joiner).done, 'the session goes on').toBe(0);
  const { bySource } = cluster.sync(joiner);
  const servers = others.map(({ id }) => id).filter((id) => id !== cluster.leader?.id);
  const [provider = ''] = servers.sort((a, b) => count(bySource, b) - count(bySource, a));
  expect(count(bySource, provider)).toBeGreaterThan(0);
  return { cluster, joiner, provider };
}

function count(bySource: Readonly<Record<string, number>>, id: string): number {
  return bySource[id] ?? 0;
}

/** Goes on for a while, lets everybody come back, and looks at what everybody has. */
async function settle({ cluster, joiner }: Scene, work: () => Promise<void>): Promise<void> {
  const { sim } = cluster;
  const clients = cluster.clients();
  const over = clients.start();
  await work();
  await sim.runFor(2000);
  for (const { id, sim: node } of cluster.members.values()) {
    if (!node.running) await cluster.boot(id);
    else node.resume();
  }
  cluster.heal();
  clients.stop();
  await sim.complete(over, 30_000);
  await cluster.converge(30_000);
  expect(clients.acknowledged.size).toBeGreaterThan(10);
  expect(clients.check()).toEqual([]);
  expect(cluster.problems()).toEqual([]);
  expect(cluster.tap.violations).toEqual([]);
  expect(cluster.running).toHaveLength(5);
  expect(cluster.sync(joiner)).toMatchObject({ failed: 0 });
  expect(cluster.sync(joiner).done).toBeGreaterThan(0);
}

describe.each([0.1, 0.5, 0.9])('at %d of a catch-up', (share) => {
  it.each(storesAt(share))('a provider is killed, and comes back (%s)', async (storage) => {
    const at = await scene(11, share, storage);
    await settle(at, async () => {
      at.cluster.kill(at.provider);
      await at.cluster.sim.runFor(1000);
      await at.cluster.boot(at.provider);
    });
  });

  it('a provider is paused, and resumes', async () => {
    const at = await scene(12, share, 'memory');
    const { sim } = at.cluster.member(at.provider);
    await settle(at, async () => {
      sim.pause();
      await at.cluster.sim.runFor(3000);
      expect(at.cluster.sync(at.joiner).done, 'nobody waits for it').toBe(1);
      sim.resume();
    });
  });

  it.each(storesAt(share))('a provider loses its disk (%s)', async (storage) => {
    const at = await scene(13, share, storage);
    await settle(at, async () => {
      at.cluster.kill(at.provider);
      at.cluster.wipe(at.provider);
      await at.cluster.boot(at.provider);
    });
    expect(at.cluster.sync(at.provider).done).toBeGreaterThan(0);
  });

  it.each(liesAt(share))('a provider begins to lie: %s', async (lie: Lie) => {
    const at = await scene(24, share, 'memory');
    const liar = at.cluster.liar(at.provider);
    await settle(at, async () => {
      liar.lie = lie;
      await at.cluster.sim.runFor(100);
    });
    expect(liar.told).toBeGreaterThan(0);
  });

  it.each(storesAt(share))('the joiner is killed, and goes on with what it has (%s)', async (storage) => {
    const at = await scene(15, share, storage);
    const { entries } = at.cluster.sync(at.joiner);
    await settle(at, async () => {
      at.cluster.kill(at.joiner);
      await at.cluster.sim.runFor(300);
      const { group } = await at.cluster.boot(at.joiner);
      await at.cluster.sim.runUntil(() => group.status().role !== 'blank', 1000);
      expect(group.status().log.last).toBeGreaterThanOrEqual(entries);
    });
  });

  it('the joiner is killed and loses its disk', async () => {
    const at = await scene(16, share, 'memory');
    await settle(at, async () => {
      at.cluster.kill(at.joiner);
      at.cluster.wipe(at.joiner);
      await at.cluster.boot(at.joiner);
    });
    expect(at.cluster.sync(at.joiner).entries).toBeGreaterThan(GAP / 2);
  });
});

it('a provider says that it has more than there is', async () => {
  const cluster = await new LedgerCluster({ seed: 18 }).ready();
  const [joiner, boaster] = cluster.others(await cluster.untilLeader());
  if (joiner === undefined || boaster === undefined) throw new Error('no followers');
  cluster.kill(joiner.id);
  await cluster.grow(GAP);
  const liar = cluster.liar(boaster.id);
  liar.lie = 'boastful';
  await settle({ cluster, joiner: joiner.id, provider: boaster.id }, async () => {
    await cluster.boot(joiner.id);
  });
  expect(liar.told).toBeGreaterThan(0);
});

it.each(['memory', 'wal'] as const)(
  'H24: the leader changes every second during a catch-up, and what was fetched stays (%s)',
  async (storage) => {
    const at = await scene(17, 0.05, storage, 1500);
    const { cluster, joiner } = at;
    const terms = new Set<number>();
    await settle(at, async () => {
      cluster.sim.network.set({ bytesPerMs: 8 });
      while (cluster.sync(joiner).done === 0 && terms.size < 20) {
        const leader = await cluster.untilLeader();
        terms.add(leader.group.status().term);
        cluster.isolate(leader.id);
        await cluster.sim.runFor(700);
        cluster.heal();
        await cluster.sim.runFor(300);
      }
      expect(terms.size).toBeGreaterThanOrEqual(4);
      const { sessions, done, entries } = cluster.sync(joiner);
      expect({ sessions, done }).toEqual({ sessions: 1, done: 1 });
      expect(entries).toBeGreaterThanOrEqual(1500);
      // Nothing is fetched twice but what was under way when a connection broke, or was too slow.
      const again = (cluster.served.get(joiner) ?? 0) - entries;
      expect(again).toBeLessThan(entries / 10);
    });
  },
);
