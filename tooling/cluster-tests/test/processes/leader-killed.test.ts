import { expect, it } from 'vitest';
import { auditCluster } from '../../processes/audit.ts';
import { Cluster } from '../../processes/cluster.ts';
import { Load } from '../../processes/writers.ts';

/** What is asked of real processes, in milliseconds. */
const WRITES_GO_ON_MS = 10_000;

it('kill -9 of the leader under load: writes go on, and it comes back to the same state', {
  timeout: 60_000,
}, async () => {
  await using cluster = await Cluster.start();
  await using load = new Load(cluster.nodes);
  await load.ledger.acknowledgedSince(0, 500);
  const figures: number[] = [];
  for (let round = 0; round < 2; round++) {
    const leader = await cluster.leader();
    await leader.kill();
    const killed = performance.now();
    const again = (await load.ledger.acknowledgedSince(killed)) - killed;
    expect(again).toBeLessThan(WRITES_GO_ON_MS);
    figures.push(Math.round(again));
    await load.ledger.acknowledgedSince(killed, 300);
    leader.launch();
    await leader.ready();
    const { committed } = await leader.status();
    await cluster.agreeAt(committed + 300);
  }
  const ledger = await load.stop();
  expect(await auditCluster(cluster, ledger)).toEqual([]);
  const { acknowledged, refused, unknown } = ledger;
  console.log(
    `leader killed: writes went on after ${figures.join(' and ')} ms; ` +
      `${acknowledged} acknowledged, ${refused} refused, ${unknown} unknown`,
  );
});
