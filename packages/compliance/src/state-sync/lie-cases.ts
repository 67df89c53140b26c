import { SimRandom } from '@smalti/simulator';
import { check } from '../suite/expect.ts';
import type { Scene, SyncBench } from './bench.ts';
import type { SyncCase } from './case-list.ts';
import type { Lie } from './factory.ts';
import type { Instead, Passing } from './tampering.ts';

/** What a liar says instead. `earlier` is what it has sent to who catches up before, oldest first. */
type ByteLie = (passing: Passing, earlier: readonly Passing[], random: SimRandom) => readonly Instead[];

const only = (bytes: Uint8Array): readonly Instead[] => [{ bytes }];

function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): readonly Instead[] {
  const copy = bytes.slice();
  change(copy);
  return only(copy);
}

const LIES: Readonly<Record<string, readonly [title: string, lie: ByteLie]>> = {
  garbage: [
    'sends random bytes',
    ({ bytes }, _, random) => only(random.bytes(1 + random.below(bytes.length))),
  ],
  empty: ['sends messages without a byte', () => only(new Uint8Array(0))],
  'cut-short': [
    'sends the beginnings of messages',
    ({ bytes }, _, random) => only(bytes.subarray(0, random.below(bytes.length))),
  ],
  'too-long': [
    'sends more than there is',
    ({ bytes }, _, random) => changed(new Uint8Array([...bytes, ...random.bytes(9)]), () => {}),
  ],
  damaged: [
    'sends messages of which one bit is wrong, anywhere',
    ({ bytes }, _, random) =>
      changed(bytes, (copy) => {
        const at = random.below(copy.length);
        copy[at] = (copy[at] ?? 0) ^ (1 << random.below(8));
      }),
  ],
  'damaged-end': [
    'sends messages whose last byte is wrong',
    ({ bytes }) =>
      changed(bytes, (copy) => {
        copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
      }),
  ],
  stale: [
    'sends what it has sent before instead',
    ({ bytes }, earlier) => only((earlier.at(-1)?.bytes ?? bytes).slice()),
  ],
  first: [
    'sends its very first answer again and again',
    ({ bytes }, earlier) => only((earlier[0]?.bytes ?? bytes).slice()),
  ],
  babbling: [
    'says everything five times, and random bytes',
    ({ bytes }, _, random) => [...Array.from({ length: 5 }, () => ({ bytes })), { bytes: random.bytes(100) }],
  ],
};

/** A liar's rule: what it sends to who catches up. */
function lying(scene: Scene, liars: readonly string[], lie: ByteLie): void {
  const { cluster, joiner } = scene;
  const random = new SimRandom(`lies ${cluster.sim.seed}`);
  const earlier = new Map<string, Passing[]>();
  cluster.tampering.add((passing) => {
    if (passing.to !== joiner || !liars.includes(passing.from)) return null;
    const before = earlier.get(passing.from) ?? [];
    earlier.set(passing.from, [...before, passing].slice(-50));
    return lie(passing, before, random);
  });
}

/** One of the followers lies from some moment on, and then all of them. The leader does not. */
async function told(bench: SyncBench, lie: ByteLie): Promise<void> {
  for (const all of [false, true]) {
    const scene = await bench.gap({ entries: 200, seed: all ? 2 : 1 });
    await scene.fetched(0.1);
    const { cluster, joiner } = scene;
    const followers = scene.others().filter((id) => id !== cluster.leader?.id);
    lying(scene, all ? followers : [scene.provider()], lie);
    await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 180_000);
    await scene.recover();
    scene.caughtUp('peers');
    check(cluster.tampering.tampered > 0, 'nobody was lied to');
  }
}

/** A lie of the strategy's own, as one of bytes. */
export function ownLies(bench: SyncBench, lie: Lie<unknown>): ByteLie {
  const strategy = bench.factory.create('liar');
  return ({ version, bytes }, earlier) => {
    const codec = strategy.messages(version);
    const said = lie(
      codec.decode(bytes),
      earlier.map((passing) => codec.decode(passing.bytes)),
    );
    return said.map((message) => ({ bytes: codec.encode(message) }));
  };
}

/** The cases of lies that the factory has. */
export function ownLieCases(lies: Readonly<Record<string, Lie<unknown>>>): readonly SyncCase[] {
  return Object.entries(lies).map(([name, lie]) => ({
    id: `own-lie/${name}`,
    title: `one follower lies, or all: ${name}`,
    run: (bench) => told(bench, ownLies(bench, lie)),
  }));
}

/** Peers that say what is not so. */
export const lieCases: readonly SyncCase[] = [
  ...Object.entries(LIES).map(
    ([id, [title, lie]]): SyncCase => ({
      id: `lie-${id}`,
      title: `one follower, or all of them: ${title}`,
      run: (bench) => told(bench, lie),
    }),
  ),
  {
    id: 'lie-old-session',
    title: 'passes over answers that were given to an older session',
    async run(bench) {
      const scene = await bench.gap({ entries: 100 });
      const { cluster, joiner } = scene;
      await scene.boot();
      await scene.equal();
      const old = cluster.tampering.said.filter(({ to }) => to === joiner);
      check(old.length > 0, 'nobody has answered anything');
      await scene.fallBehind(200, 300, [joiner]);
      lying(scene, scene.others(), ({ from, bytes }) => {
        const theirs = old.filter((passing) => passing.from === from).slice(-20);
        return [...theirs.map((passing) => ({ bytes: passing.bytes })), { bytes }];
      });
      await scene.boot();
      await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 120_000);
      await scene.recover();
      scene.caughtUp('peers');
    },
  },
  {
    id: 'lie-echo',
    title: 'a peer sends back what it was asked',
    async run(bench) {
      const scene = await bench.gap({ entries: 200 });
      const { cluster, joiner } = scene;
      const [liar] = scene.others().filter((id) => id !== cluster.leader?.id);
      const asked: Uint8Array[] = [];
      cluster.tampering.add(({ from, to, bytes }) => {
        if (from === joiner && to === liar) asked.push(bytes);
        if (from !== liar || to !== joiner) return null;
        const question = asked.shift();
        return question === undefined ? [] : [{ bytes: question }];
      });
      await scene.boot();
      await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 120_000);
      await scene.recover();
      scene.caughtUp('peers');
    },
  },
  {
    id: 'lie-other-mouth',
    title: 'passes over what one peer says in the place of another',
    async run(bench) {
      const scene = await bench.gap({ entries: 200 });
      const { cluster, joiner } = scene;
      const leader = cluster.leader?.id;
      let last: Uint8Array | null = null;
      cluster.tampering.add(({ from, to, bytes }) => {
        if (to !== joiner || from === leader) return null;
        const said = last ?? bytes;
        last = bytes;
        return [{ bytes: said.slice() }];
      });
      await scene.boot();
      await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 180_000);
      await scene.recover();
      scene.caughtUp('peers');
    },
  },
  {
    id: 'lie-questions',
    title:
      'providers pass over garbage, and serve on: questions come with it, for two seconds damaged ones too',
    async run(bench) {
      const scene = await bench.gap({ entries: 200 });
      const { cluster, joiner } = scene;
      const random = new SimRandom('questions');
      const until = cluster.sim.now + 2000;
      cluster.tampering.add(({ from, bytes, at }) => {
        if (from !== joiner) return null;
        const damaged = Array.from({ length: at < until ? 4 : 0 }, () => {
          const worse = bytes.slice();
          worse[random.below(Math.max(1, worse.length))] = random.below(256);
          return { bytes: worse };
        });
        return [{ bytes: random.bytes(random.below(40)) }, ...damaged, { bytes }];
      });
      await scene.boot();
      await cluster.until('a session is done', () => cluster.totals(joiner).done > 0, 120_000);
      await scene.recover();
      scene.caughtUp('peers');
    },
  },
];
