import { autoSync } from '@smalti/auto-sync';
import type { Snapshot } from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { type KvCommand, KvMachine } from '@smalti/node-cluster';
import type { TakenCheckpoint } from '@smalti/raft';
import { SimRandom } from '@smalti/simulator';
import { snapshotSync } from '@smalti/snapshot-sync';
import { describe, expect, it } from 'vitest';
import { bulk, items, KvCluster, singles } from '../../src/kv-cluster.ts';
import { expectInstalled } from '../../src/kv-rows.ts';

const KIB = 1024;

/** The roots that nodes had at each marker, and who. */
function rootsOf(cluster: KvCluster): Map<number, { roots: Set<string>; nodes: Set<string> }> {
  const found = new Map<number, { roots: Set<string>; nodes: Set<string> }>();
  for (const { id, index, root } of cluster.committed) {
    const at = found.get(index) ?? { roots: new Set(), nodes: new Set() };
    found.set(index, at);
    at.roots.add(root);
    at.nodes.add(id);
  }
  return found;
}

function anyCommand(random: SimRandom): KvCommand {
  const key = `key ${random.below(40)}`;
  const value = 'x'.repeat(random.below(60));
  switch (random.below(7)) {
    case 0:
      return { op: 'del', keys: [key] };
    case 1:
      return { op: 'incrby', key: `count ${random.below(5)}`, delta: random.below(100) };
    case 2:
      return { op: 'append', key, value };
    case 3:
      return { op: 'expire', key, in: 1 + random.below(3_000), when: 'always' };
    case 4:
      return random.chance(0.02) ? { op: 'flushall' } : { op: 'persist', key };
    default:
      return {
        op: 'set',
        key,
        value,
        when: 'always',
        expiry: random.chance(0.3) ? 2_000 : 'never',
        get: false,
      };
  }
}

describe('roots', () => {
  it.each([1, 2, 3])(
    'H16: are equal at every checkpoint, over restarts, changes of leader and installs (seed %i)',
    async (seed) => {
      const cluster = new KvCluster({
        checkpoints: { everyEntries: 40, keepBytes: 0 },
        simulation: { seed },
        join: { limits: { windowBytes: 4_096 } },
      });
      await cluster.ready();
      await cluster.reader('r1');
      const random = new SimRandom(`roots ${seed}`);
      for (let round = 0; round < 12; round++) {
        const victims = ['n1', 'n2', 'n3', 'r1'] as const;
        const victim = victims[random.below(victims.length)] ?? 'r1';
        if (random.chance(0.5)) cluster.crash(victim);
        else cluster.kill(victim);
        await cluster.untilLeader();
        const by = cluster.running.find(({ id }) => id !== 'r1');
        await cluster.each(
          Array.from({ length: 60 }, () => anyCommand(random)),
          by,
        );
        await cluster.sim.runFor(random.below(8_000));
        if (victim === 'r1') await cluster.reader(victim);
        else await cluster.boot(victim);
      }
      await cluster.sim.runFor(20_000);
      await cluster.converge();
      const roots = rootsOf(cluster);
      expect(roots.size).toBeGreaterThan(8);
      for (const [index, at] of roots) expect(at.roots.size, `at ${index} of ${[...at.nodes]}`).toBe(1);
      for (const { group } of cluster.running)
        expect(group.status().checkpoints).toMatchObject({ diverged: null, open: null });
      const everywhere = [...roots.values()].filter(({ nodes }) => nodes.size === 4);
      expect(everywhere.length).toBeGreaterThan(1);
      await cluster.expectEqual(cluster.member('n1').machine.size);
    },
  );

  it('H16: are equal although each node cuts at another time, after 10,000 commands more, and are what replay gives', async () => {
    const { cluster, read, taken } = await capturedWorld();
    await cluster.each(singles(items(10_000, 5_000).map(([key]) => [key, 'later'])));
    await cluster.converge();
    const [partly = 0, atLeader, atSlow] = read();
    // One is at it. The leader waits for the others, and the slow one is not done with the state before: where nothing
    // was cut nothing was read.
    expect([atLeader, atSlow]).toEqual([0, 0]);
    expect(partly).toBeGreaterThan(0);
    expect(partly).toBeLessThan(20_000);

    const { marker, root } = await cluster.sim.complete(taken, 60_000);
    const late = await cluster.reader('r1');
    const all = (): boolean => rootsOf(cluster).get(marker.index)?.nodes.size === 4;
    expect(await cluster.sim.runUntil(all, 60_000), cluster.show()).toBe(true);
    expect(rootsOf(cluster).get(marker.index)?.roots).toEqual(new Set([root]));
    expect(late.group.status().log.first).toBe(1);
    await cluster.expectEqual(20_000);

    // The same world, in which nothing came after the marker.
    const quiet = await capturedWorld();
    expect(await quiet.cluster.sim.complete(quiet.taken, 60_000)).toEqual({ marker, root });
  }, 60_000);

  it('are the same for whoever installs and for whoever replays, and so is all that comes after', async () => {
    const ways = { install: [snapshotSync(), logReplay()], replay: [logReplay(), snapshotSync()] };
    const cluster = new KvCluster({
      checkpoints: {},
      sync: (id) => [autoSync(id === 'r1' ? ways.install : ways.replay, { choose: 'first' })],
      // All that is committed has to be fetched.
      join: { limits: { windowBytes: 4_096 } },
    });
    await cluster.ready();
    const random = new SimRandom('ways');
    const some = (): KvCommand[] => Array.from({ length: 500 }, () => anyCommand(random));
    await cluster.each(some());
    const { root } = await cluster.sim.complete(cluster.member('n1').group.checkpoints.take());
    await cluster.each(some());
    const [installs, replays] = [await cluster.reader('r1'), await cluster.reader('r2')];
    for (const reader of [installs, replays]) await cluster.untilEqual(reader, 20_000);
    expectInstalled(cluster, installs);
    expect(replays.group.status().log.first).toBe(1);
    await cluster.each(some());
    await cluster.sim.runFor(5_000);
    await cluster.expectEqual(cluster.member('n1').machine.size);
    expect(replays.group.checkpoints.list()[0]?.root).toBe(root);
    const last = await cluster.sim.complete(cluster.member('n1').group.checkpoints.take());
    await cluster.sim.runFor(10_000);
    const roots = cluster.running.map(({ group }) => group.checkpoints.list().at(-1)?.root);
    expect(roots).toEqual(roots.map(() => last.root));
  });
});

/**
 * A world in which every node has just captured 20,000 items for its second checkpoint. One cuts them at once, in a few
 * seconds; the leader when others have, or after five seconds; and the third when it is done with the first checkpoint,
 * which takes it longest.
 */
async function capturedWorld(): Promise<{
  readonly cluster: KvCluster;
  /** Items that each node has read of its second capture. */
  readonly read: () => (number | undefined)[];
  readonly taken: Promise<TakenCheckpoint>;
}> {
  const reads = new Map<KvMachine, number[]>();
  const paces: Readonly<Record<string, number>> = { n1: 256 * KIB, n3: 64 * KIB };
  const cluster = new KvCluster({
    machine: () => new WatchedMachine(reads),
    // All of the log stays: who comes late replays it.
    checkpoints: (id) => ({ cutBytesPerSecond: paces[id] ?? 32 * 1024 * KIB }),
    sync: () => [autoSync([logReplay(), snapshotSync()], { choose: 'first' })],
  });
  await cluster.ready();
  await cluster.each(bulk(items(20_000)));
  const { id, group } = await cluster.untilLeader();
  expect(id).toBe('n2');
  await cluster.sim.complete(group.checkpoints.take());
  await cluster.each(bulk(items(1)));
  const taken = group.checkpoints.take();
  const read = (): (number | undefined)[] =>
    cluster.ids.map((each) => reads.get(cluster.member(each).machine)?.[1]);
  expect(await cluster.sim.runUntil(() => !read().includes(undefined), 5_000)).toBe(true);
  return { cluster, read, taken };
}

/** Counts what is read of what was captured of it. */
class WatchedMachine extends KvMachine {
  readonly #reads: number[] = [];

  constructor(reads: Map<KvMachine, number[]>) {
    super();
    reads.set(this, this.#reads);
  }

  override createSnapshot(): Snapshot {
    const whole = super.createSnapshot();
    const place = this.#reads.push(0) - 1;
    return {
      get length() {
        return whole.length;
      },
      items: (from, to) => {
        const found = whole.items(from, to);
        this.#reads[place] = (this.#reads[place] ?? 0) + found.length;
        return found;
      },
      append: (more) => whole.append(more),
      release: () => whole.release(),
    };
  }
}
