import { expect, it } from 'vitest';
import { Cluster } from '../../processes/cluster.ts';
import { http } from '../../processes/http.ts';
import { Operator, tokenFlags } from '../../processes/operator.ts';
import { SteadyWrites } from '../../processes/steady-writes.ts';
import { until } from '../../processes/until.ts';

const SLOW = { timeout: 120_000 };

/** A group of one, under way; the other nodes have places, and do not run yet. */
async function founded(nodes: number, flags: readonly string[]): Promise<[Cluster, Operator]> {
  const cluster = await Cluster.plan({ nodes, joining: true, flags });
  cluster.node('n1').launch(['--bootstrap', ...tokenFlags(cluster.directory)]);
  await cluster.node('n1').ready();
  return [cluster, new Operator(cluster)];
}

function join(cluster: Cluster, at: string, ...ids: readonly string[]): void {
  const to = cluster.node(at).listen;
  for (const id of ids) cluster.node(id).launch(['--join', to, ...tokenFlags(cluster.directory)]);
}

it('1, 3, 5, 3, 1 nodes under load, by commands alone: no write fails, and none is lost', SLOW, async () => {
  const [made, operator] = await founded(5, ['--promote-after', '200']);
  await using cluster = made;
  await using load = new SteadyWrites(cluster);
  await load.more(200);

  join(cluster, 'n1', 'n2', 'n3');
  await operator.sees('n1 voter, n2 voter, n3 voter');
  await load.more(200);

  // Through one that neither founded the group nor needs to lead it.
  join(cluster, 'n2', 'n4', 'n5');
  await operator.sees('n1 voter, n2 voter, n3 voter, n4 voter, n5 voter');
  expect(await operator.does('transfer', 'n5')).toMatch(/^n5 leads\n/);
  await load.more(200);

  // One of them leads: it hands over first, and is told like the other.
  const [four, five] = [cluster.node('n4'), cluster.node('n5')];
  await operator.does('remove', 'n4', 'n5');
  expect(await Promise.all([four.ended, five.ended])).toEqual([
    { code: 0, signal: null },
    { code: 0, signal: null },
  ]);
  expect(five.said).toContain('was removed from the group');
  await operator.sees('n1 voter, n2 voter, n3 voter');
  await load.more(200);

  await operator.does('remove', 'n2', 'n3');
  await Promise.all([cluster.node('n2').ended, cluster.node('n3').ended]);
  await operator.sees('n1 voter');
  await until('n1 leads', async () => (await operator.members()).leader === 'n1');
  await load.more(200);
  await load.stop();

  expect(load.failed).toEqual([]);
  expect(await load.audit(cluster.node('n1'))).toEqual([]);
  const { acknowledged, refused, unknown } = load.ledger;
  const { gapMs, waitMs } = load.takeLongest();
  console.log(
    `1, 3, 5, 3, 1: ${acknowledged} acknowledged, ${refused} refused, ${unknown} unknown, ` +
      `at most ${gapMs} ms without a write, and ${waitMs} ms for one`,
  );
});

it(
  'promotes, demotes, removes and hands over as it is told, refuses what is risky, and tells why',
  SLOW,
  async () => {
    const [made, operator] = await founded(3, ['--policy', 'none']);
    await using cluster = made;
    const [n1, n3] = [cluster.node('n1'), cluster.node('n3')];
    join(cluster, 'n1', 'n2', 'n3');
    await operator.sees('n1 voter, n2 learner, n3 learner');
    expect(await operator.run(['promote', 'n2', '--token', 'another'])).toMatchObject({
      code: 1,
      error: expect.stringMatching(/^smalti: UNAUTHORIZED /),
    });
    await operator.sees('n1 voter, n2 learner, n3 learner');
    await operator.does('promote', 'n2', 'n3');
    await operator.sees('n1 voter, n2 voter, n3 voter');

    await n3.kill();
    await until('n1 has lost n3', async () => (await n1.status()).bonds.every(({ id }) => id !== 'n3'));
    expect(await operator.run(['remove', 'n2'])).toMatchObject({
      code: 1,
      error: expect.stringMatching(/^smalti: MEMBERSHIP_REFUSED \(quorum-at-risk\) /),
    });
    join(cluster, 'n1', 'n3');
    await n3.ready();

    await operator.does('transfer', 'n2');
    expect((await operator.members()).leader).toBe('n2');
    expect(await operator.does('demote', 'n3')).toMatch(/^n3: may not vote any more\n/);
    await operator.sees('n1 voter, n2 voter, n3 learner');
    await operator.does('remove', 'n3');
    expect(await n3.ended).toEqual({ code: 0, signal: null });

    // Whoever comes back from its old directory is told again, and ends again.
    const { term } = await n1.status();
    join(cluster, 'n1', 'n3');
    expect(await n3.ended).toEqual({ code: 0, signal: null });
    expect((await n1.status()).term).toBe(term);

    expect(await operator.run(['remove', 'n1', 'n2'])).toMatchObject({
      code: 1,
      error: expect.stringContaining('MEMBERSHIP_REFUSED (no-voters)'),
    });
    const { code, out } = await operator.run(['status'], cluster.nodes);
    expect(code).toBe(1);
    expect(out).toMatch(/^n2 .* leader +yes +n2 .* online$/m);
    expect(out).toMatch(/UNREACHABLE$/m);
  },
);

it('a node that observes reads and never votes', SLOW, async () => {
  const [made, operator] = await founded(3, ['--promote-after', '200']);
  await using cluster = made;
  join(cluster, 'n1', 'n2');
  cluster.node('n3').launch(['--join', cluster.node('n2').listen, '--preference', 'observer']);
  await cluster.node('n3').ready();
  await operator.sees('n1 voter, n2 learner, n3 learner');
  expect((await http(cluster.node('n1').http, '/kv/a', { method: 'PUT', body: 'x' })).status).toBe(204);
  expect((await http(cluster.node('n3').http, '/kv/a')).body).toBe('x');
  expect(await operator.run(['promote', 'n3'])).toMatchObject({
    code: 1,
    error: expect.stringContaining('MEMBERSHIP_REFUSED (observer)'),
  });
});
