import { expect, it } from 'vitest';
import { auditCluster } from '../../processes/audit.ts';
import { Cluster, QUICK } from '../../processes/cluster.ts';
import { Load } from '../../processes/writers.ts';

const TIMES = 10;

it('kill -9 of all three under load, ten times: every acknowledged write is there', {
  timeout: 120_000,
}, async () => {
  await using cluster = await Cluster.start({ timing: QUICK });
  await using load = new Load(cluster.nodes);
  for (let time = 0; time < TIMES; time++) {
    await load.ledger.acknowledgedSince(performance.now(), 400);
    await Promise.all(cluster.nodes.map((node) => node.kill()));
    cluster.launch();
    await cluster.ready();
  }
  await load.ledger.acknowledgedSince(performance.now(), 400);
  const ledger = await load.stop();
  expect(await auditCluster(cluster, ledger)).toEqual([]);
  const { acknowledged, refused, unknown } = ledger;
  console.log(
    `all killed ${TIMES} times: ${acknowledged} acknowledged, ${refused} refused, ${unknown} unknown`,
  );
});
