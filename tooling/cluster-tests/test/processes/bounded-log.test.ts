import { FRAME_HEADER_BYTES } from '@smalti/core';
import { expect, it } from 'vitest';
import { Cluster } from '../../processes/cluster.ts';
import { Operator, tokenFlags } from '../../processes/operator.ts';
import { SteadyWrites } from '../../processes/steady-writes.ts';
import { until } from '../../processes/until.ts';

const CHECKPOINT_BYTES = 64 * 1024;

it('five nodes whose logs are cut under steady writes take a joiner from nothing to voter', {
  timeout: 120_000,
}, async () => {
  await using cluster = await Cluster.plan({
    nodes: 6,
    joining: true,
    flags: ['--promote-after', '200', '--checkpoint-bytes', String(CHECKPOINT_BYTES)],
    checkpoints: { keepBytes: 0 },
  });
  const [n1, n2, n3] = [cluster.node('n1'), cluster.node('n2'), cluster.node('n3')];
  const [n4, n5, n6] = [cluster.node('n4'), cluster.node('n5'), cluster.node('n6')];
  const token = tokenFlags(cluster.directory);
  n1.launch(['--bootstrap', ...token]);
  await n1.ready();
  const join = ['--join', n1.listen, ...token];
  for (const voter of [n2, n3]) voter.launch(join);
  for (const reader of [n4, n5]) reader.launch([...join, '--preference', 'observer']);
  const operator = new Operator(cluster);
  await operator.sees('n1 voter, n2 voter, n3 voter, n4 learner, n5 learner');

  await using load = new SteadyWrites(cluster, 8);
  const cutOn = (nodes: Cluster['nodes'], from: number): Promise<unknown> =>
    until('all have cut their logs', async () => {
      const firsts = await Promise.all(nodes.map(async (node) => (await node.status()).log.first));
      return firsts.every((first) => first > from);
    });
  await cutOn([n1, n2, n3, n4, n5], 1);

  // One leaves, and there is a place for another.
  await operator.does('remove', 'n3');
  await n3.ended;
  n6.launch(join);
  await operator.sees('n1 voter, n2 voter, n4 learner, n5 learner, n6 voter');
  const joined = await n6.status();
  expect(joined.log.first).toBeGreaterThan(1);
  expect(joined.sync?.totals.done).toBeGreaterThan(0);
  await load.more(500);
  const five = [n1, n2, n4, n5, n6];
  await cutOn(five, joined.log.last);
  await load.stop();
  expect(load.failed).toEqual([]);

  // At rest a log holds what lies between the two newest checkpoints, and what makes no other one yet.
  await until('all logs are short', async () => {
    const lengths = await Promise.all(
      five.map(async (node) => {
        const { log } = await node.status();
        return log.last - log.first + 1;
      }),
    );
    if (Math.max(...lengths) > (2 * CHECKPOINT_BYTES) / FRAME_HEADER_BYTES) throw new Error(lengths.join());
    return true;
  });
  await cluster.agree(five);
  expect(await load.audit(n6)).toEqual([]);
});
