import { check, same } from '../suite/expect.ts';
import type { SyncBench } from './bench.ts';
import type { SyncCase } from './case-list.ts';

/** Fetches a gap while nobody does anything wrong. */
function fetching(options: Parameters<SyncBench['gap']>[0]): SyncCase['run'] {
  return async (bench) => {
    const scene = await bench.gap(options);
    await scene.boot();
    await scene.equal();
    scene.caughtUp();
  };
}

/** Gaps of every kind, with peers that behave. */
export const plainCases: readonly SyncCase[] = [
  { id: 'gap', title: 'fetches what a node lacks, in one session', run: fetching({}) },
  { id: 'gap-of-one', title: 'fetches a gap of two small entries', run: fetching({ entries: 2, bytes: 1 }) },
  {
    id: 'many-small',
    title: 'fetches 3,000 entries of a few bytes',
    run: fetching({ entries: 3000, bytes: 1 }),
  },
  {
    id: 'large-state',
    title: 'fetches 4 MiB',
    run: fetching({ entries: 1024, bytes: 4096, network: { bytesPerMs: 4096 } }),
  },
  {
    id: 'uneven',
    title: 'fetches entries that nearly fill a message, among small ones',
    async run(bench) {
      const scene = await bench.gap({ entries: 30, bytes: 10 });
      for (let i = 0; i < 5; i++) {
        await scene.writer.write(1, 14 * 1024);
        await scene.writer.write(7, 50);
      }
      await scene.boot();
      await scene.equal();
      scene.caughtUp();
    },
  },
  {
    id: 'huge-entry',
    title: 'fetches an entry of 2 MiB, among small ones',
    async run(bench) {
      const scene = await bench.gap({
        entries: 20,
        bytes: 100,
        messageBytes: 4 * 1024 * 1024,
        network: { bytesPerMs: 32_768 },
      });
      await scene.writer.write(1, 2 * 1024 * 1024);
      await scene.writer.write(20, 100);
      await scene.boot();
      await scene.equal();
      scene.caughtUp();
    },
  },
  {
    id: 'empty-state',
    title: 'lets a blank node into a group in which nothing was ever written',
    async run(bench) {
      const scene = await bench.cluster();
      const leader = await scene.cluster.untilLeader();
      const blank = scene.cluster.ids.find((id) => id !== leader.id) as string;
      scene.cluster.wipe(blank);
      await scene.cluster.boot(blank);
      await scene.equal();
      same(scene.cluster.totals(blank).failed, 0, 'sessions that failed');
    },
  },
  {
    id: 'empty-gap',
    title: 'is not in the way of a node that restarts and lacks nothing',
    async run(bench) {
      const scene = await bench.gap({ entries: 20 });
      await scene.boot();
      await scene.equal();
      const { joiner, cluster } = scene;
      cluster.kill(joiner);
      await cluster.boot(joiner);
      await scene.equal();
      same(cluster.totals(joiner).failed, 0, 'sessions that failed');
    },
  },
  {
    id: 'blank-node',
    title: 'gives everything to a node that lost its disk',
    async run(bench) {
      const scene = await bench.gap();
      scene.cluster.wipe(scene.joiner);
      await scene.boot();
      await scene.equal();
      scene.caughtUp();
    },
  },
  {
    id: 'under-load',
    title: 'gets there while the group commits',
    async run(bench) {
      const scene = await bench.gap();
      scene.writer.start(200);
      await scene.boot();
      const { cluster, joiner } = scene;
      await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 60_000);
      scene.writer.stop();
      await scene.equal();
      scene.caughtUp();
    },
  },
  {
    id: 'ceiling',
    title: 'never asks to write above the ceiling, though peers have more',
    async run(bench) {
      const scene = await bench.gap({ entries: 50, bytes: 10 });
      const { cluster, joiner } = scene;
      // Followers hold more than who catches up has been told of: it hears its leader late.
      const leader = await cluster.untilLeader();
      cluster.sim.network.setDirection(leader.id, joiner, { delay: [100, 100] });
      scene.writer.start(10, 5);
      await scene.boot();
      await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 60_000);
      scene.writer.stop();
      await scene.equal();
      scene.caughtUp();
    },
  },
  {
    id: 'one-after-the-other',
    title: 'catches up three times, each time in a session of its own',
    async run(bench) {
      const scene = await bench.gap({ entries: 100 });
      for (let round = 1; round <= 3; round++) {
        await scene.boot();
        await scene.equal();
        scene.caughtUp();
        if (round < 3) await scene.fallBehind(100 * round, 200);
      }
    },
  },
  {
    id: 'sessions-of-one-process',
    title: 'catches up twice in the life of one process',
    async run(bench) {
      const scene = await bench.gap({ entries: 100 });
      await scene.boot();
      await scene.equal();
      const { cluster, joiner } = scene;
      const { done } = cluster.totals(joiner);
      cluster.sim.network.partition([[joiner]]);
      await scene.writer.write(200, 200);
      cluster.sim.network.heal();
      await cluster.until('a second session is done', () => cluster.totals(joiner).done > done, 60_000);
      await scene.equal();
      scene.caughtUp();
    },
  },
  {
    id: 'two-at-once',
    title: 'serves two nodes that catch up at once',
    async run(bench) {
      const scene = await bench.gap({ joiners: 2 });
      await scene.boot();
      await scene.equal();
      scene.caughtUp();
    },
  },
  {
    id: 'deposed-leader',
    title: 'replaces what a deposed leader wrote and nobody committed (H1)',
    async run(bench) {
      const scene = await bench.cluster();
      const { cluster } = scene;
      await scene.writer.write(5, 100);
      const old = await cluster.untilLeader();
      cluster.sim.network.partition([[old.id]]);
      // Nobody will ever acknowledge these.
      for (let i = 0; i < 20; i++) {
        old.group.submit({ number: 1_000_000 + i, bytes: 50 }, () => {}, { timeoutMs: 500 });
      }
      await cluster.until('it steps down', () => cluster.status(old.id).role !== 'leader');
      scene.joiners = [old.id];
      await cluster.until('another one leads', () => cluster.leader !== null);
      await scene.writer.write(300, 200);
      cluster.sim.network.heal();
      await scene.equal();
      scene.caughtUp();
      const phantoms = cluster.member(old.id).machine.numbers.filter((number) => number >= 1_000_000);
      same(phantoms, [], 'commands that were never committed');
    },
  },
  {
    id: 'all-restart',
    title: 'goes on when the whole group has restarted',
    async run(bench) {
      const scene = await bench.gap();
      const { cluster } = scene;
      for (const id of scene.others()) cluster.kill(id);
      for (const id of cluster.ids) await cluster.boot(id);
      await scene.equal();
      scene.caughtUp('peers');
    },
  },
  {
    id: 'several-sources',
    title: 'takes from several peers in one session',
    requires: ['several'],
    async run(bench) {
      const scene = await bench.gap();
      await scene.boot();
      await scene.equal();
      scene.caughtUp();
      const sources = scene.others().filter((id) => scene.bytesFrom(id) > 2000);
      check(sources.length > 1, `everything came from ${sources.join(', ')}`);
    },
  },
  {
    id: 'spares-leader',
    title: 'takes nothing from the leader while followers give',
    requires: ['spares-leader'],
    async run(bench) {
      const scene = await bench.gap();
      const leader = await scene.cluster.untilLeader();
      await scene.boot();
      await scene.equal();
      scene.caughtUp();
      const bytes = scene.bytesFrom(leader.id);
      check(bytes < 2000, `the leader has sent ${bytes} bytes, and followers had everything`);
    },
  },
];
