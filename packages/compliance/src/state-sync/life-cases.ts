import { check, same } from '../suite/expect.ts';
import type { Scene, SyncBench } from './bench.ts';
import type { SyncCase } from './case-list.ts';
import { copyOf, HEARTBEAT_MS } from './cluster.ts';

/** Within which a session that gets nowhere has to be over: the host's 30 seconds, and a little. */
const DEADLINE_MS = 35_000;
const WHILE_MS = 20_000;
const HELD_BYTES = 1024 * 1024;

/** Sessions get nowhere, say why, and go on when they can. */
async function hopeless(bench: SyncBench, hinder: (scene: Scene) => Promise<void> | void): Promise<Scene> {
  const scene = await bench.gap({ entries: 200 });
  await scene.fetched(0.2);
  const { cluster, joiner } = scene;
  await hinder(scene);
  await cluster.until('the session is over', () => cluster.totals(joiner).failed > 0, DEADLINE_MS);
  await cluster.until('why is told', () => cluster.status(joiner).sync?.failure != null, DEADLINE_MS);
  const failure = cluster.status(joiner).sync?.failure;
  same(failure?.code, 'CANNOT_SYNC', 'the code');
  check((failure?.message.length ?? 0) > 10, `the failure should say why: ${failure?.message}`);
  const { role, leader } = cluster.status(joiner);
  check(
    role === 'follower' && leader !== null,
    'the node should follow its leader, whatever becomes of sessions',
  );
  return scene;
}

/** A session is ended from outside in its middle; nothing of it goes on. */
async function ended(bench: SyncBench, end: (scene: Scene) => Promise<void>): Promise<Scene> {
  const scene = await bench.gap();
  await scene.fetched(0.4);
  const session = scene.cluster.observer.sessions.at(-1);
  await end(scene);
  await scene.cluster.until('the session is closed', () => session?.over === true);
  await scene.cluster.sim.runFor(3000);
  scene.proper();
  return scene;
}

/** The digest of a run in which much happens. */
async function digestOf(bench: SyncBench, seed: number): Promise<string> {
  const scene = await bench.gap({ seed, entries: 150 });
  const { cluster } = scene;
  await scene.fetched(0.3);
  scene.writer.start(50);
  const provider = scene.provider();
  cluster.kill(provider);
  await cluster.sim.runFor(800);
  await cluster.boot(provider);
  await scene.recover();
  scene.caughtUp('peers');
  return cluster.sim.digest;
}

/** How sessions live and end. */
export const lifeCases: readonly SyncCase[] = [
  {
    id: 'deadline',
    title: 'ends with a typed failure when nobody answers, and gets there when somebody does',
    async run(bench) {
      const scene = await hopeless(bench, ({ cluster, joiner }) => {
        cluster.tampering.add(({ to }) => (to === joiner ? [] : null));
      });
      await scene.recover();
      scene.caughtUp('the node');
    },
  },
  {
    id: 'deadline-of-questions',
    title: 'ends with a typed failure when nobody hears it',
    async run(bench) {
      const scene = await hopeless(bench, ({ cluster, joiner }) => {
        cluster.tampering.add(({ from }) => (from === joiner ? [] : null));
      });
      await scene.recover();
      scene.caughtUp('the node');
    },
  },
  {
    id: 'deadline-of-liars',
    title: 'ends with a typed failure when everybody sends garbage, and gets there when they stop',
    async run(bench) {
      const scene = await hopeless(bench, ({ cluster, joiner }) => {
        const { random } = cluster.sim;
        cluster.tampering.add(({ to }) =>
          to === joiner ? [{ bytes: random.bytes(random.below(200)) }] : null,
        );
      });
      await scene.recover();
      scene.caughtUp('the node');
    },
  },
  {
    id: 'again-and-again',
    title: 'tries on, and is no burden meanwhile',
    async run(bench) {
      const scene = await hopeless(bench, ({ cluster, joiner }) => {
        cluster.tampering.add(({ to }) => (to === joiner ? [] : null));
      });
      const { cluster, joiner } = scene;
      const asked = (): number => cluster.tampering.said.filter(({ from }) => from === joiner).length;
      const before = asked();
      const { sessions } = cluster.totals(joiner);
      await cluster.sim.runFor(WHILE_MS);
      check(cluster.totals(joiner).sessions > sessions, 'no further session has begun');
      const more = asked() - before;
      // Two in each heartbeat for each of the four peers are plenty for questions that nobody answers.
      const plenty = 2 * 4 * (WHILE_MS / HEARTBEAT_MS);
      check(more < plenty, `${more} questions were sent in ${WHILE_MS} ms, in vain`);
      await scene.recover();
      scene.caughtUp('the node');
    },
  },
  {
    id: 'ended-by-close',
    title: 'leaves nothing behind when the group is left in the middle',
    async run(bench) {
      const { cluster, joiner } = await ended(bench, (scene) =>
        scene.cluster.sim.complete(scene.cluster.member(scene.joiner).group.close()),
      );
      // It is a member no more, and need not be equal to the others.
      cluster.kill(joiner);
    },
  },
  {
    id: 'ended-by-full-disk',
    title: 'leaves nothing behind when the disk is full, and gets there when there is room again',
    async run(bench) {
      const scene = await ended(bench, async ({ cluster, joiner }) => {
        cluster.member(joiner).store.capacity = 1;
      });
      scene.cluster.member(scene.joiner).store.capacity = Number.POSITIVE_INFINITY;
      await scene.recover();
      scene.caughtUp('the node');
    },
  },
  {
    id: 'ended-by-success',
    title: 'leaves nothing behind when it is done: late answers change nothing',
    async run(bench) {
      const scene = await bench.gap();
      const { cluster, joiner } = scene;
      cluster.tampering.add(({ to, bytes }) => (to === joiner ? [{ bytes }, { bytes, lateMs: 5000 }] : null));
      await scene.boot();
      await scene.equal();
      scene.caughtUp();
      await cluster.sim.runFor(8000);
      same(cluster.totals(joiner).sessions, 1, 'sessions');
    },
  },
  {
    id: 'progress',
    title: 'reports what grows, is no more than there is, and gets to the end',
    requires: ['reports'],
    async run(bench) {
      const scene = await bench.gap();
      await scene.boot();
      await scene.equal();
      scene.caughtUp();
      const reports = scene.cluster.observer.sessions.flatMap((session) => session.reports);
      const first = reports[0];
      const last = reports.at(-1);
      check(first !== undefined && last !== undefined, 'nothing was reported');
      check(
        last.bytesDone > first.bytesDone,
        `${first.bytesDone} bytes at first, and ${last.bytesDone} at last`,
      );
      const least = 900 * scene.entries;
      check(last.bytesDone >= least, `${last.bytesDone} bytes at last, and ${least} at least were fetched`);
    },
  },
  {
    id: 'bounded',
    title: 'holds no more than its bound when the disk is slower than its peers',
    async run(bench) {
      const bound = bench.factory.heldBytes ?? HELD_BYTES;
      const entries = Math.ceil((4 * bound) / 4200);
      let slow = '';
      const scene = await bench.gap({
        entries,
        bytes: 4096,
        network: { bytesPerMs: 100_000 },
        diskMsPerKib: (node) => (node === slow ? 1 : 0),
      });
      slow = scene.joiner;
      await scene.boot();
      const { cluster, joiner } = scene;
      await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 120_000);
      await scene.equal();
      scene.caughtUp();
      const held = Math.max(...cluster.observer.sessions.map((session) => session.held));
      check(held <= bound, `${held} bytes had come and were not durable, and its bound is ${bound}`);
    },
  },
  {
    id: 'other-version',
    title: 'does without a peer with which it has no version of its messages in common',
    async run(bench) {
      let other = '';
      const scene = await bench.gap({
        strategy: (node, usual) => {
          if (node !== other) return usual;
          const { max } = usual.wireVersions;
          const wireVersions = { min: max + 1, max: max + 1 };
          return { ...copyOf(usual), wireVersions, messages: () => usual.messages(max) };
        },
      });
      const { cluster, joiner } = scene;
      other = scene.provider();
      cluster.kill(other);
      await cluster.boot(other);
      await cluster.converge();
      const before = cluster.tampering.said.length;
      await scene.boot();
      await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 120_000);
      await scene.equal();
      scene.caughtUp();
      const said = cluster.tampering.said.slice(before);
      const mixed = said.filter(({ from, to }) => from === other || to === other);
      same(mixed.length, 0, 'messages to or from the other one');
    },
  },
  {
    id: 'pruned-everywhere',
    title: 'ends with a typed failure, or gets there otherwise, when every follower has pruned its log',
    async run(bench) {
      const scene = await bench.gap({ entries: 200 });
      await scene.fetched(0.2);
      const { cluster, joiner } = scene;
      for (const id of scene.others()) if (id !== cluster.leader?.id) await cluster.prune(id);
      const over = (): boolean => cluster.totals(joiner).done + cluster.totals(joiner).failed > 0;
      await cluster.until('a session is over', over, DEADLINE_MS);
      await scene.recover();
      scene.caughtUp('peers');
    },
  },
  {
    id: 'deterministic',
    title: 'does the same in every run with one seed: no clock, chance or order but the context’s',
    async run(bench) {
      for (const seed of [5, 6]) {
        const [one, other] = [await digestOf(bench, seed), await digestOf(bench, seed)];
        check(one === other, `two runs with the seed ${seed} differ`);
      }
    },
  },
];
