import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Cluster } from '../../processes/cluster.ts';
import { until } from '../../processes/until.ts';
import { Load } from '../../processes/writers.ts';

it('a node with another key is refused, is told why, and disturbs nothing', { timeout: 60_000 }, async () => {
  await using cluster = await Cluster.start();
  await using load = new Load(cluster.nodes, 2);
  const leader = await cluster.leader();
  const [member, place] = cluster.others(leader);
  if (member === undefined || place === undefined) throw new Error('there are three');
  await place.kill();
  place.wipe();
  const { term } = await leader.status();
  const key = join(cluster.directory, 'wrong.key');
  writeFileSync(key, `${'w'.repeat(32)}\n`, { mode: 0o600 });
  place.launch(['--key-file', key, '--bootstrap']);
  for (const node of [place, leader, member]) {
    const { code, detail } = await until(`${node.id} says who was refused`, async () =>
      (await node.status()).refusals.find(({ detail: why }) => why.includes('the same group key')),
    );
    expect(code).toBe('UNKNOWN_GROUP');
    expect(node.said).toContain(detail);
  }
  expect((await place.status()).role).toBe('blank');
  expect((await place.status()).trouble).toMatch(/blank/);
  await load.ledger.acknowledgedSince(performance.now(), 100);
  for (const node of [leader, member]) {
    const status = await node.status();
    expect([status.term, status.leader, status.online]).toEqual([term, leader.id, true]);
  }
  await load.stop();
});
