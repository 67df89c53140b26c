import { check } from '../suite/expect.ts';
import type { Scene, SyncBench } from './bench.ts';
import type { SyncCase } from './case-list.ts';

const requires = ['checkpoints'] as const;

/** Who catches up lacks entries that are in nobody's log any more. */
async function pruned(bench: SyncBench): Promise<Scene> {
  const scene = await bench.gap({ checkpoints: true, entries: 300, bytes: 400 });
  const { cluster } = scene;
  const last = cluster.member(scene.joiner).logs[0]?.last.index ?? 0;
  await cluster.until('logs are pruned beyond what the node has', () =>
    scene.others().every((id) => (cluster.member(id).logs[0]?.base.index ?? 0) > last),
  );
  return scene;
}

function installed({ cluster, joiner }: Scene): void {
  const base = cluster.member(joiner).logs[0]?.base.index ?? 0;
  check(base > 0, `${joiner} has installed nothing: its log begins at ${base + 1}\n${cluster.show()}`);
}

/** Where the log does not reach back, a checkpoint takes the place of the state. */
export const checkpointCases: readonly SyncCase[] = [
  {
    id: 'pruned',
    title: 'installs a checkpoint where the log was pruned, and goes on with the log after it',
    requires,
    async run(bench) {
      const scene = await pruned(bench);
      await scene.boot();
      await scene.equal();
      installed(scene);
      const { done } = scene.cluster.totals(scene.joiner);
      check(done > 0, `no session was done\n${scene.cluster.show()}`);
    },
  },
  {
    id: 'pruned-wiped',
    title: 'installs a checkpoint on a node that has lost its disk',
    requires,
    async run(bench) {
      const scene = await pruned(bench);
      scene.cluster.wipe(scene.joiner);
      await scene.boot();
      await scene.equal();
      installed(scene);
    },
  },
  {
    id: 'pruned-killed',
    title: 'gets there though the node is killed again and again, at any point of it',
    requires,
    async run(bench) {
      const scene = await pruned(bench);
      const { cluster, joiner } = scene;
      for (const ms of [40, 80, 120, 160, 240, 320, 480]) {
        await cluster.boot(joiner);
        await cluster.sim.runFor(ms);
        cluster.kill(joiner);
      }
      await scene.boot();
      await scene.equal();
      installed(scene);
    },
  },
  {
    id: 'pruned-providers',
    title: 'gets there though those who serve it are killed one after the other, and the leader too',
    requires,
    async run(bench) {
      const scene = await pruned(bench);
      const { cluster } = scene;
      await scene.boot();
      for (let i = 0; i < 3; i++) {
        await cluster.sim.runFor(150);
        const who = i === 1 ? (await cluster.untilLeader()).id : scene.provider();
        cluster.kill(who);
        await cluster.sim.runFor(400);
        await cluster.boot(who);
      }
      await scene.equal();
      installed(scene);
    },
  },
];
