import { describe, expect, it } from 'vitest';
import { LocalCluster, type LocalNode } from '../../processes/local-cluster.ts';

const PATIENCE = { timeoutMs: 20_000 };

/** Adds 0 to 199, one command each; what the machine refuses (adding 0) is an entry like the others. */
async function addAll({ group }: LocalNode): Promise<void> {
  const adds = Array.from({ length: 200 }, (_, i) => group.execute(i, PATIENCE).catch(ignoreZero));
  await Promise.all(adds);
}

function ignoreZero(error: { readonly code?: string }): void {
  if (error.code !== 'REJECTED') throw error;
}

/** It has applied what the leader has, and fetched what it lacked from both who have it. */
async function caughtUp(
  node: LocalNode,
  cluster: LocalCluster,
  value: number,
  batchEntries: number,
): Promise<void> {
  const { index } = cluster.leader.group.status().committed;
  await node.group.when.reaches('applied', index, PATIENCE);
  expect(node.machine.value).toBe(value);
  const { sync } = node.group.status();
  if (sync === null) throw new Error(`${node.id} is a member`);
  expect(sync.failure).toBeNull();
  expect(sync.totals.done).toBeGreaterThan(0);
  expect(sync.totals.entries).toBeGreaterThan(150);
  const others = [...cluster.nodes.keys()].filter((id) => id !== node.id);
  const bySource: Readonly<Record<string, number>> = sync.totals.bySource;
  const served = others.filter((id) => bySource[id] !== undefined);
  // Where there is work for two, two do it.
  if (batchEntries < 50) expect(served).toEqual(others);
  else expect(served.length).toBeGreaterThan(0);
}

describe('catching up on real sockets and disks', () => {
  it.each([7, 20, 100, 1000])(
    'by %d entries a request: 19,900, and then 39,800 through a follower',
    async (batchEntries) => {
      await using cluster = await LocalCluster.start({ batchEntries });
      const [joiner, other] = cluster.followers;
      if (joiner === undefined || other === undefined) throw new Error('two follow');
      await cluster.stop(joiner.id);
      await addAll(cluster.leader);
      await caughtUp(await cluster.boot(joiner.id), cluster, 19_900, batchEntries);
      await cluster.stop(other.id);
      await addAll(cluster.nodes.get(joiner.id) as LocalNode);
      await caughtUp(await cluster.boot(other.id), cluster, 39_800, batchEntries);
    },
  );
});
