import type { KvCommand } from '@smalti/node-cluster';
import type { SnapshotSyncOptions } from '@smalti/snapshot-sync';
import { expect } from 'vitest';
import { KvCluster, type KvClusterOptions, type KvMember } from './kv-cluster.ts';

/** What an item of these rows has in a checkpoint, about, and what an answer may be, in bytes. */
const ITEM_BYTES = 32;
const LEAST_BATCH = 4 * 1024;
const MOST_BATCH = 16 * 1024 * 1024;

/** The bytes of answers that carry about so many items of the usual length. */
export function batchBytesFor(count: number): number {
  return Math.min(MOST_BATCH, Math.max(LEAST_BATCH, count * ITEM_BYTES));
}

/** A cluster that holds this, and has nothing of its log but what comes after a checkpoint. */
export async function frozen(
  commands: readonly KvCommand[],
  snapshotSync: SnapshotSyncOptions = {},
  options: KvClusterOptions = {},
): Promise<KvCluster> {
  const cluster = new KvCluster({ ...options, snapshotSync });
  await cluster.ready();
  await cluster.each(commands);
  await cluster.freeze();
  return cluster;
}

/** What the reader has came by an install, and no entry from before the checkpoint. */
export function expectInstalled(cluster: KvCluster, { id, group }: KvMember): void {
  const { log, sync } = group.status();
  const anchors = cluster.ids.map((voter) => cluster.member(voter).group.checkpoints.list());
  const base = group.checkpoints.list().find(({ anchor }) => anchor.index === log.first - 1);
  const shown = `${id} ${JSON.stringify(sync?.totals)}\n${cluster.show()}`;
  expect(base, shown).toMatchObject({ agreed: true });
  expect(
    anchors.flat().map(({ root }) => root),
    shown,
  ).toContain(base?.root);
  expect(sync?.totals, shown).toMatchObject({ failed: 0 });
  expect(sync?.totals.done, shown).toBeGreaterThan(0);
  expect(sync?.totals.entries, shown).toBeLessThanOrEqual(log.last - log.first + 1);
}

/** Runs until the reader has begun to fetch parts. */
export async function untilFetching(cluster: KvCluster, { group }: KvMember): Promise<void> {
  const begun = (): boolean => group.status().sync?.session?.progress?.phase === 'fetching';
  expect(await cluster.sim.runUntil(begun, 20_000), cluster.show()).toBe(true);
}
