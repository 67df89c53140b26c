import { check, same } from '../suite/expect.ts';
import type { Scene, SyncBench } from './bench.ts';
import type { SyncCase } from './case-list.ts';
import type { Rule } from './tampering.ts';

/** Catches up under a rule. */
function under(rule: (scene: Scene) => Rule): SyncCase['run'] {
  return async (bench) => {
    const scene = await bench.gap();
    scene.cluster.tampering.add(rule(scene));
    await scene.boot();
    const { cluster, joiner } = scene;
    await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 120_000);
    await scene.recover();
    scene.caughtUp('messages');
    check(cluster.tampering.tampered > 0, 'no message went by');
  };
}

/** A share of the messages of a direction is lost: of questions, or of answers. */
function lost(share: number, direction: 'questions' | 'answers' | 'both'): SyncCase['run'] {
  return under(({ cluster, joiner }) => ({ from, to, bytes }) => {
    const is = direction !== 'answers' && from === joiner;
    const other = direction !== 'questions' && to === joiner;
    if (!is && !other) return null;
    return cluster.sim.random.chance(share) ? [] : [{ bytes }];
  });
}

/** Cuts ways while a node catches up. */
async function cutting(bench: SyncBench, cut: (scene: Scene, provider: string) => void): Promise<void> {
  const scene = await bench.gap();
  await scene.fetched(0.3);
  cut(scene, scene.provider());
  const { cluster, joiner } = scene;
  if (bench.has('tolerant')) {
    await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 20_000);
  }
  await scene.recover();
  scene.caughtUp('peers');
}

/** Catches up under load over slow lines, while heartbeats get through. */
async function slowLine(bench: SyncBench, bytesPerMs: number): Promise<void> {
  const scene = await bench.gap({ entries: 300, bytes: 500 });
  const { cluster, joiner } = scene;
  const leader = await cluster.untilLeader();
  const { term } = cluster.status(leader.id);
  cluster.sim.network.set({ bytesPerMs });
  scene.writer.start(20);
  await scene.boot();
  await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 120_000);
  scene.writer.stop();
  await scene.equal();
  scene.caughtUp();
  same(cluster.status(leader.id).term, term, 'the term');
}

/** What networks do. */
export const networkCases: readonly SyncCase[] = [
  { id: 'questions-lost', title: 'asks again: half of the questions are lost', run: lost(0.5, 'questions') },
  { id: 'answers-lost', title: 'asks again: half of the answers are lost', run: lost(0.5, 'answers') },
  { id: 'both-lost', title: 'a third of everything is lost', run: lost(0.33, 'both') },
  {
    id: 'first-lost',
    title: 'asks again: the first three messages to each peer, and from each, are lost',
    run: under(({ joiner }) => {
      const passed = new Map<string, number>();
      return ({ from, to, bytes }) => {
        if (from !== joiner && to !== joiner) return null;
        const way = `${from} ${to}`;
        passed.set(way, (passed.get(way) ?? 0) + 1);
        return (passed.get(way) ?? 0) <= 3 ? [] : [{ bytes }];
      };
    }),
  },
  {
    id: 'twice',
    title: 'every message comes twice',
    run: under(() => ({ bytes }) => [{ bytes }, { bytes }]),
  },
  {
    id: 'late-again',
    title: 'every answer comes once more, 700 ms later',
    run: under(
      ({ joiner }) =>
        ({ to, bytes }) =>
          to === joiner ? [{ bytes }, { bytes, lateMs: 700 }] : null,
    ),
  },
  {
    id: 'late',
    title: 'every message comes up to 100 ms late, and answers of peers in any order',
    run: under(({ cluster }) => ({ bytes }) => [{ bytes, lateMs: cluster.sim.random.between(0, 100) }]),
  },
  {
    id: 'breaking',
    title: 'connections break all the time',
    async run(bench) {
      const scene = await bench.gap();
      const { cluster, joiner } = scene;
      await scene.boot();
      const breaking = (): void => {
        if (cluster.totals(joiner).done > 0) return;
        cluster.sim.network.reset(joiner, cluster.sim.random.pick(scene.others()));
        cluster.sim.schedule(150, 'break', breaking);
      };
      breaking();
      await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 120_000);
      await scene.recover();
      scene.caughtUp('peers');
    },
  },
  {
    id: 'deaf',
    title: 'who serves is not heard any more, and hears',
    run: (bench) =>
      cutting(bench, ({ cluster, joiner }, provider) => cluster.sim.network.cutOneWay(provider, joiner)),
  },
  {
    id: 'mute',
    title: 'who serves does not hear any more, and is heard',
    run: (bench) =>
      cutting(bench, ({ cluster, joiner }, provider) => cluster.sim.network.cutOneWay(joiner, provider)),
  },
  {
    id: 'only-the-leader',
    title: 'nobody but the leader can be reached',
    run: (bench) =>
      cutting(bench, (scene) => {
        const { cluster, joiner } = scene;
        const leader = cluster.leader?.id;
        for (const id of scene.others()) if (id !== leader) cluster.sim.network.cut(joiner, id);
      }),
  },
  {
    id: 'not-the-leader',
    title: 'everybody but the leader can be reached',
    run: (bench) =>
      cutting(bench, ({ cluster, joiner }) => cluster.sim.network.cut(joiner, cluster.leader?.id ?? '')),
  },
  {
    id: 'nobody-for-a-while',
    title: 'nobody can be reached for five seconds',
    async run(bench) {
      const scene = await bench.gap();
      await scene.fetched(0.3);
      const { cluster, joiner } = scene;
      cluster.sim.network.partition([[joiner]]);
      await cluster.sim.runFor(5000);
      cluster.sim.network.heal();
      await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 120_000);
      await scene.recover();
      // To give up when nobody is there is no fault.
      scene.caughtUp('the node');
    },
  },
  {
    id: 'leaders-come-and-go',
    title: 'the leader changes every second, and what was fetched stays (H24)',
    async run(bench) {
      const scene = await bench.gap({ entries: 800 });
      const { cluster, joiner } = scene;
      cluster.sim.network.set({ bytesPerMs: 100 });
      await scene.fetched(0.02);
      const terms = new Set<number>();
      for (let i = 0; i < 12 && cluster.totals(joiner).done === 0; i++) {
        const leader = await cluster.untilLeader();
        terms.add(cluster.status(leader.id).term);
        cluster.sim.network.partition([[leader.id]]);
        await cluster.sim.runFor(700);
        cluster.sim.network.heal();
        await cluster.sim.runFor(300);
      }
      check(terms.size >= 3, `the leader changed ${terms.size} times`);
      await scene.recover();
      scene.caughtUp('peers');
      const { entries } = cluster.totals(joiner);
      check(entries <= 900, `${entries} entries were appended, and 800 were missing`);
    },
  },
  {
    id: 'slow-line',
    title: 'a slow line under load deposes nobody',
    // An answer takes half an election timeout.
    run: (bench) => slowLine(bench, 128),
  },
  {
    id: 'very-slow-line',
    title: 'a line on which an answer takes several election timeouts deposes nobody, and is enough',
    requires: ['slow-lines'],
    run: (bench) => slowLine(bench, 12),
  },
];
