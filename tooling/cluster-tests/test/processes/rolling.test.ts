import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Cluster, QUICK } from '../../processes/cluster.ts';
import type { ClusterNode } from '../../processes/cluster-node.ts';
import { SteadyWrites } from '../../processes/steady-writes.ts';

const SLOW = { timeout: 120_000 };
/** Each of them another one than before. */
const OTHER = { heartbeatMs: 80, electionMinMs: 500, electionMaxMs: 1_000, diskStallMs: 1_500 };
/** Three elections that take as long as they may, and room for a busy machine. */
const ONE_ELECTION_MS = 5_000;
const WRITES_BETWEEN = 100;

/** Restarts one node after the other, each when the one before is back. */
async function roll(cluster: Cluster, load: SteadyWrites, more: readonly string[] = []): Promise<void> {
  for (const node of cluster.nodes) {
    expect(await node.stop()).toEqual({ code: 0, signal: null });
    node.launch(more);
    await node.ready();
    await load.more(WRITES_BETWEEN);
  }
}

/** What makes them one group, whatever they are started with. */
async function namesOf(nodes: readonly ClusterNode[]): Promise<readonly string[]> {
  const statuses = await Promise.all(nodes.map((node) => node.status()));
  const members = statuses.map(({ members: all }) =>
    all.map(({ id, incarnation }) => `${id}@${incarnation}`).sort(),
  );
  return statuses.map(({ cluster, group }, i) => `${cluster} ${group} ${members[i]?.join()}`);
}

async function verify(cluster: Cluster, load: SteadyWrites, what: string): Promise<void> {
  await load.stop();
  expect(load.failed).toEqual([]);
  const { gapMs, waitMs } = load.takeLongest();
  expect(waitMs).toBeLessThan(ONE_ELECTION_MS);
  for (const node of cluster.nodes) expect(await load.audit(node)).toEqual([]);
  await cluster.agree();
  const { acknowledged, refused, unknown } = load.ledger;
  console.log(
    `${what}: ${acknowledged} acknowledged, ${refused} refused, ${unknown} unknown, ` +
      `at most ${gapMs} ms without a write, and ${waitMs} ms for one`,
  );
}

it('H25: a rolling restart with every timeout changed, under load: one group throughout', SLOW, async () => {
  await using cluster = await Cluster.start({ timing: QUICK });
  await using load = new SteadyWrites(cluster);
  const before = await namesOf(cluster.nodes);
  await load.more(WRITES_BETWEEN);
  writeFileSync(cluster.config, JSON.stringify({ timing: OTHER }));
  await roll(cluster, load);
  expect(new Set([...before, ...(await namesOf(cluster.nodes))]).size).toBe(1);
  await verify(cluster, load, 'timeouts changed');
});

it('H25: a rolling change of the group key, under load: one group throughout', SLOW, async () => {
  await using cluster = await Cluster.start({ timing: QUICK });
  await using load = new SteadyWrites(cluster);
  const before = await namesOf(cluster.nodes);
  const [old, fresh] = ['k'.repeat(32), 'f'.repeat(32)];
  const { group } = await (await cluster.leader()).status();
  // First all accept both, then all prefer the new one, then nobody knows the old one any more.
  for (const [keys, more] of [
    [[old, fresh], []],
    [[fresh, old], []],
    [[fresh], ['--group', group]],
  ] as const) {
    writeFileSync(cluster.keyFile, keys.map((key) => `${key}\n`).join(''));
    await roll(cluster, load, more);
  }
  expect(new Set([...before, ...(await namesOf(cluster.nodes))]).size).toBe(1);
  await verify(cluster, load, 'key changed');
});
