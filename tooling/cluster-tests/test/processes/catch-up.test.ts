import { expect, it } from 'vitest';
import { Cluster } from '../../processes/cluster.ts';
import { fill } from '../../processes/fill.ts';
import { PacedWrites } from '../../processes/paced-writes.ts';
import { RespClient } from '../../processes/resp-client.ts';
import { until } from '../../processes/until.ts';

const MISSING = 100_000;
/** So little in memory that what is missing has to be fetched. */
const LIMITS = { windowBytes: 1024 * 1024, maxInflightBytes: 512 * 1024 };

it('a node that lacks 100,000 entries fetches them from two peers while writes go on', {
  timeout: 120_000,
}, async () => {
  await using cluster = await Cluster.start({ limits: LIMITS });
  const leader = await cluster.leader();
  const behind = cluster.others(leader)[0];
  if (behind === undefined) throw new Error('there are three');
  await behind.kill();
  await fill(leader, MISSING, 'x'.repeat(100));
  const { committed } = await leader.status();
  const writes = new PacedWrites(leader, 1_000);
  behind.launch();
  const sync = await until(
    'it has what was missing',
    async () => {
      const status = await behind.status();
      return status.applied >= committed && status.sync?.session === null && status.sync;
    },
    60_000,
  );
  expect(sync.failure).toBeNull();
  expect(sync.totals.entries).toBeGreaterThan(MISSING - 10_000);
  // Both that have the entries have served them.
  const sources = cluster.others(behind).map(({ id }) => sync.totals.bySource[id] ?? 0);
  for (const served of sources) expect(served).toBeGreaterThan(0);
  const fetched = sources.reduce((sum, served) => sum + served, 0);
  expect(fetched).toBeGreaterThanOrEqual(sync.totals.entries);
  // Once it is there, it stays there: what is written now reaches it as it is written.
  await behind.ready();
  await writes.stop();
  expect(writes.faults).toEqual([]);
  expect(writes.acknowledged.length).toBeGreaterThan(100);
  await cluster.agree();
  const client = await RespClient.connect(behind.resp);
  const values = await client.call('MGET', ...writes.acknowledged);
  expect(values).toEqual(writes.acknowledged);
  client.close();
});
