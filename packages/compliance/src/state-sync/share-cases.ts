import { check } from '../suite/expect.ts';
import type { Scene, SyncBench } from './bench.ts';
import type { SyncCase } from './case-list.ts';

/** Something that happens when a share has been fetched. */
interface Event {
  readonly id: string;
  readonly title: string;
  /** Whether whoever catches up is hit itself: its session ends with it. */
  readonly hits: 'peers' | 'the node';
  readonly happen: (scene: Scene, provider: string) => Promise<void> | void;
}

const EVENTS: readonly Event[] = [
  {
    id: 'provider-killed',
    title: 'whoever serves is killed, and comes back',
    hits: 'peers',
    async happen({ cluster }, provider) {
      cluster.kill(provider);
      await cluster.sim.runFor(1000);
      await cluster.boot(provider);
    },
  },
  {
    id: 'provider-gone',
    title: 'whoever serves is killed, and stays away',
    hits: 'peers',
    happen: ({ cluster }, provider) => cluster.kill(provider),
  },
  {
    id: 'provider-paused',
    title: 'whoever serves is paused, and resumes late',
    hits: 'peers',
    async happen({ cluster }, provider) {
      const { sim } = cluster.member(provider);
      sim.pause();
      await cluster.sim.runFor(3000);
      sim.resume();
    },
  },
  {
    id: 'provider-wiped',
    title: 'whoever serves loses its disk',
    hits: 'peers',
    async happen({ cluster }, provider) {
      cluster.wipe(provider);
      await cluster.boot(provider);
    },
  },
  {
    id: 'provider-pruned',
    title: 'whoever serves prunes its log under the session',
    hits: 'peers',
    happen: ({ cluster }, provider) => cluster.prune(provider),
  },
  {
    id: 'provider-silent',
    title: 'whoever serves falls silent, and is there',
    hits: 'peers',
    happen: ({ cluster, joiner }, provider) => {
      cluster.tampering.add(({ from, to }) => (from === provider && to === joiner ? [] : null));
    },
  },
  {
    id: 'leader-killed',
    title: 'the leader is killed, and comes back (H24)',
    hits: 'peers',
    async happen({ cluster }) {
      const { id } = await cluster.untilLeader();
      cluster.kill(id);
      await cluster.sim.runFor(1500);
      await cluster.boot(id);
    },
  },
  {
    id: 'node-killed',
    title: 'the node itself is killed, and comes back',
    hits: 'the node',
    async happen({ cluster, joiner }) {
      cluster.kill(joiner);
      await cluster.sim.runFor(300);
      await cluster.boot(joiner);
    },
  },
  {
    id: 'node-paused',
    title: 'the node itself is paused, and resumes',
    hits: 'peers',
    async happen({ cluster, joiner }) {
      const { sim } = cluster.member(joiner);
      sim.pause();
      await cluster.sim.runFor(3000);
      sim.resume();
    },
  },
  {
    id: 'node-wiped',
    title: 'the node itself loses its disk',
    hits: 'the node',
    async happen({ cluster, joiner }) {
      cluster.wipe(joiner);
      await cluster.boot(joiner);
    },
  },
];

/** What was fetched is there after the node has restarted: no more is fetched than was missing. */
async function keeps(bench: SyncBench, share: number): Promise<void> {
  const scene = await bench.gap();
  const { cluster, joiner, entries } = scene;
  await scene.fetched(share);
  const before = cluster.totals(joiner).entries;
  cluster.kill(joiner);
  await cluster.boot(joiner);
  await scene.equal();
  scene.caughtUp('the node');
  const again = cluster.totals(joiner).entries;
  check(again <= entries - before + 10, `${again} entries came, and ${entries - before} were missing`);
}

/** Everything that can happen in the middle, at its beginning, in its middle, and near its end. */
export const shareCases: readonly SyncCase[] = [0.1, 0.5, 0.9].flatMap((share) => [
  ...EVENTS.map(({ id, title, hits, happen }): SyncCase => {
    const percent = Math.round(share * 100);
    return {
      id: `${id}-${percent}`,
      title: `at ${percent} %, under load: ${title}`,
      async run(bench) {
        const scene = await bench.gap();
        await scene.fetched(share);
        scene.writer.start(50);
        await happen(scene, scene.provider());
        await scene.cluster.sim.runFor(2000);
        scene.writer.stop();
        const { joiner, cluster } = scene;
        if (hits === 'peers' && bench.has('tolerant')) {
          // Nobody waits for who failed.
          await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 20_000);
        }
        await scene.recover();
        scene.caughtUp(hits);
      },
    };
  }),
  {
    id: `keeps-${Math.round(share * 100)}`,
    title: `fetches only what is missing when its node was killed at ${Math.round(share * 100)} %`,
    run: (bench: SyncBench) => keeps(bench, share),
  },
]);
