import { expect, it } from 'vitest';
import { auditCluster } from '../../processes/audit.ts';
import { Cluster } from '../../processes/cluster.ts';
import { doneOf, Prober } from '../../processes/prober.ts';
import { until } from '../../processes/until.ts';
import { Load } from '../../processes/writers.ts';

it('H5: a node that lost its disk comes back as another, catches up, and is counted for nothing', {
  timeout: 60_000,
}, async () => {
  await using cluster = await Cluster.start();
  await using load = new Load(cluster.nodes, 4);
  await load.ledger.acknowledgedSince(0, 300);
  const wiped = cluster.others(await cluster.leader())[0] ?? cluster.node('n1');
  const before = await wiped.status();
  await wiped.kill();
  wiped.wipe();
  wiped.launch();
  await until('the wiped node has caught up', async () => {
    const { applied, digest } = await wiped.status();
    return applied >= before.applied && digest !== null;
  });
  const after = await wiped.status();
  expect(after.incarnation).not.toBe(before.incarnation);
  expect(after.cluster).toBe(before.cluster);
  expect(after.voter).toBe(false);
  expect(after.trouble).toMatch(/not counted/);
  const ledger = await load.stop();
  expect(await auditCluster(cluster, ledger)).toEqual([]);

  // Two processes of three are alive, and one of the two voters: nothing can be committed.
  const leader = await cluster.leader();
  const other = cluster.others(leader).find((node) => node !== wiped);
  if (other === undefined) throw new Error('there are three');
  await other.kill();
  const { committed } = await leader.status();
  await using alone = new Prober(leader, 'with one voter', 'must not be');
  await using uncounted = new Prober(wiped, 'with one voter', 'must not be');
  await until('the only voter has given up leading', async () => (await leader.status()).role !== 'leader');
  const told = alone.writes.length + uncounted.writes.length;
  await until('both were asked again', () => alone.writes.length + uncounted.writes.length > told + 4);
  await alone.stop();
  await uncounted.stop();
  const answers = [...alone.writes, ...alone.reads, ...uncounted.writes, ...uncounted.reads];
  expect(doneOf(answers)).toEqual([]);
  expect((await leader.status()).committed).toBe(committed);

  other.launch();
  await Promise.all([leader.ready(), other.ready()]);
  expect(await auditCluster(cluster, ledger)).toEqual([]);
});
