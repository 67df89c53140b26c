import { snapshotSync } from '@smalti/snapshot-sync';
import { describe, expect, it } from 'vitest';
import { TallyCluster, type TallyMember } from '../../src/tally-cluster.ts';

const OFTEN = { everyEntries: 20, keepBytes: 0 };
const SMALL = { limits: { windowBytes: 4_096 } };

/** One voter of three is down, and one lacks what the log of the third does not have any more. */
async function catchesUp(restarted: boolean): Promise<void> {
  const world = new TallyCluster(OFTEN, { join: SMALL, sync: () => [snapshotSync()] });
  await world.ready();
  const { sim } = world;
  const say = async (by: TallyMember, count: number): Promise<void> => {
    for (let i = 0; i < count; i++)
      await sim.complete(by.group.execute('word', { timeoutMs: 30_000 }), 60_000);
  };
  const leader = await world.untilLeader();
  const [late, other] = world.others(leader) as [TallyMember, TallyMember];
  world.crash(late.id);
  await say(leader, 200);
  await sim.runFor(20_000);
  expect(leader.group.status().log.first).toBeGreaterThan(20);
  world.crash(other.id);
  // Not committed, and cannot be without the node that has to catch up first.
  const waits = leader.group.execute('word', { timeoutMs: 120_000 });
  if (restarted) {
    waits.catch(() => {});
    await sim.runFor(5_000);
    world.crash(leader.id);
    await world.boot(leader.id);
  }
  const { committed } = world.member(leader.id).group.status();
  await world.boot(late.id);
  const joined = world.member(late.id);
  const online = (): boolean =>
    joined.group.status().committed.index > committed.index && joined.group.status().log.first > 20;
  expect(await sim.runUntil(online, 60_000)).toBe(true);
  if (!restarted) await sim.complete(waits);
  await say(joined, 1);
  await world.converge();
  const counts = world.running.map(({ machine }) => machine.counts.get('word'));
  expect(counts[0]).toBeGreaterThan(200);
  expect(new Set(counts).size).toBe(1);
}

describe('a group that commits nothing without the node that lacks what was cut', () => {
  it('H37: catches up from the checkpoint and the log that the leader has', () => catchesUp(false));

  it('H37: catches up from those of a new leader, which has not committed anything', () => catchesUp(true));
});
