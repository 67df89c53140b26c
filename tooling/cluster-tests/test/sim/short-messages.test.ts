import { logReplay } from '@smalti/log-replay';
import { expect, it } from 'vitest';
import { KvCluster } from '../../src/kv-cluster.ts';

const KIB = 1024;
const set = (key: string, bytes: number) =>
  ({ op: 'set', key, value: 'v'.repeat(bytes), when: 'always', expiry: 'never', get: false }) as const;

/** Three nodes whose transport carries no message of more than so many bytes. */
async function clusterOf(maxMessageBytes: number, limits = {}): Promise<KvCluster> {
  const bonds = { maxMessageBytes, controlQueueBytes: 4 * maxMessageBytes };
  return await new KvCluster({ size: 3, bonds, join: { limits }, sync: () => [logReplay()] }).ready();
}

it('a command that no message can carry is refused, and not put where nothing can be committed after it', async () => {
  const cluster = await clusterOf(1_024 * KIB);
  const { sim } = cluster;
  const leader = await cluster.untilLeader();
  const refused = leader.group.execute(set('large', 2_048 * KIB)).then(
    () => 'done',
    (error: { code: string }) => error.code,
  );
  expect(await sim.complete(refused)).toBe('COMMAND_TOO_LARGE');
  const [follower] = cluster.others(leader);
  for (const at of [leader, follower]) {
    const largest = at?.group.execute(set('fits', 800 * KIB)) ?? Promise.reject(new Error('nobody'));
    expect((await sim.complete(largest)).result).toEqual({ kind: 'ok' });
  }
});

it('what a follower forwards, and what it lacks, comes in messages that its transport carries', async () => {
  const cluster = await clusterOf(64 * KIB, { maxAppendBytes: 1_024 * KIB, maxHandlePending: 10_000 });
  const { sim } = cluster;
  const leader = await cluster.untilLeader();
  const [follower, other] = cluster.others(leader);
  if (follower === undefined || other === undefined) throw new Error('three nodes');
  const all = Promise.all(Array.from({ length: 3_000 }, (_, i) => follower.group.execute(set(`k${i}`, 1))));
  expect(await sim.complete(all)).toHaveLength(3_000);
  cluster.kill(other.id);
  const more = Array.from({ length: 100 }, (_, i) => leader.group.execute(set(`m${i}`, 4 * KIB)));
  await sim.complete(Promise.all(more));
  await cluster.boot(other.id);
  await cluster.converge();
  expect(cluster.member(other.id).machine.size).toBe(3_100);
});

it('a run of more parts than a message can carry is refused', async () => {
  const cluster = await clusterOf(64 * KIB);
  const leader = await cluster.untilLeader();
  const run = Array.from({ length: 5_000 }, (_, i) => set(`k${i}`, 1));
  const [follower] = cluster.others(leader);
  const refused = follower?.group.executeMany(run).catch((error: { code: string }) => error.code);
  expect(await cluster.sim.complete(Promise.resolve(refused))).toBe('COMMAND_TOO_LARGE');
});

it('a bound that the transport cannot keep is refused when a node joins', async () => {
  const limits = { maxCommandBytes: 2_048 * KIB };
  await expect(clusterOf(1_024 * KIB, limits)).rejects.toMatchObject({
    code: 'BAD_OPTION',
    message: expect.stringMatching(/maxCommandBytes is 2097152, and must be at most 983040.*1048576 bytes/),
  });
});
