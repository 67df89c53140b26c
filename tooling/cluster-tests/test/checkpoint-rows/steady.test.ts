import { describe, expect, it } from 'vitest';
import { items, KvCluster, type KvMember, singles } from '../../src/kv-cluster.ts';
import { expectInstalled } from '../../src/kv-rows.ts';

const KIB = 1024;
const VALUE_BYTES = KIB;
/** What an entry has besides, at most: its key, its session, its frame. */
const AROUND_BYTES = 256;
/** A write each so many milliseconds. */
const EVERY_MS = 20;
const RATE = (VALUE_BYTES + AROUND_BYTES) / EVERY_MS;

const EVERY_BYTES = 128 * KIB;
const KEEP_BYTES = 32 * KIB;
/** From a marker to its outcome, at most: the state is small, and a leader waits so long at least for whoever has not cut it. */
const OPEN_MS = 5_000;
/** A joiner is online within this. So long a lease may hold what comes after the checkpoint that it installs. */
const JOIN_MS = 2_000;
/**
 * A log goes back to the agreed checkpoint before the newest, or so far before the newest as is kept; it holds what comes
 * until the next one is begun, and then until that one is agreed on and nobody needs the log before it.
 */
const BOUND = Math.max(KEEP_BYTES, EVERY_BYTES) + EVERY_BYTES + (OPEN_MS + JOIN_MS) * RATE;

const WRITES = 1_800;
/** So many keys are written again and again. */
const KEYS = 100;

describe('a group under steady writes', () => {
  it('takes joiners from nothing to voters, while no log grows beyond its bound', async () => {
    const cluster = new KvCluster({
      checkpoints: { everyBytes: EVERY_BYTES, keepBytes: KEEP_BYTES },
      join: { limits: { windowBytes: 16 * KIB } },
    });
    await cluster.ready();
    for (const id of ['r1', 'r2']) await cluster.reader(id);
    const { sim } = cluster;
    const writer = cluster.member('n1').group;

    const most = new Map<string, number>();
    const failed: unknown[] = [];
    let acknowledged = 0;
    const commands = singles(items(KEYS, 0, VALUE_BYTES));
    const write = (number: number): void => {
      for (const { id, group } of number % 5 === 0 ? cluster.running : []) {
        most.set(id, Math.max(most.get(id) ?? 0, group.status().log.bytes));
      }
      if (number === WRITES) return;
      writer.execute(commands[number % KEYS] as never).then(
        () => {
          acknowledged += 1;
        },
        (error: unknown) => failed.push(error),
      );
      sim.schedule(EVERY_MS, 'write', () => write(number + 1));
    };
    write(0);

    await sim.runFor(10_000);
    const leader = await cluster.untilLeader();
    expect(leader.group.status().log.first).toBeGreaterThan(1);
    const joiners: KvMember[] = [];
    for (const id of ['n4', 'n5']) {
      const joiner = await cluster.boot(id, { peers: {}, join: ['n1', 'n2', 'n3'] });
      const online = (): boolean => (joiner.group.status().sync?.totals.done ?? 0) > 0;
      expect(await sim.runUntil(online, JOIN_MS), cluster.show()).toBe(true);
      expectInstalled(cluster, joiner);
      joiners.push(joiner);
    }
    const voting = (): boolean => joiners.every(({ group }) => group.status().voter);
    expect(await sim.runUntil(voting, 30_000), cluster.show()).toBe(true);
    // It began before they came, and goes on after they vote.
    const before = acknowledged;
    await sim.runFor(1_000);
    expect(acknowledged).toBeGreaterThan(before + 45);
    expect(await sim.runUntil(() => acknowledged + failed.length === WRITES, 120_000)).toBe(true);
    expect(failed).toEqual([]);
    await cluster.expectEqual(KEYS);
    const roles = (await cluster.untilLeader()).group.status().members.map(({ id, role }) => `${id} ${role}`);
    expect(roles.sort()).toEqual([
      'n1 voter',
      'n2 voter',
      'n3 voter',
      'n4 voter',
      'n5 voter',
      'r1 learner',
      'r2 learner',
    ]);

    expect(WRITES * VALUE_BYTES).toBeGreaterThan(2 * BOUND);
    for (const [id, bytes] of most) expect(bytes, id).toBeLessThan(BOUND);
  }, 60_000);
});
