import { SimRandom } from '@smalti/simulator';
import { check, refused, same } from '../suite/expect.ts';
import type { Bench } from './bench.ts';
import type { SnapshotStoreCase } from './case-list.ts';
import { type Checkpoint, checkpoint } from './checkpoints.ts';

/** What a store does with a medium that forgets, fails, is full or rots. */
export const mediumCases: readonly SnapshotStoreCase[] = [
  {
    id: 'reopen',
    title: 'has, when it is opened again, what it had',
    requires: ['reopen'],
    async run(bench) {
      let store = await bench.open();
      const [first, second] = [checkpoint(10), checkpoint(20)];
      await bench.keep(store, first);
      await bench.keep(store, second);
      await bench.commit(store, { ...second.manifest, agreed: true });
      await bench.drop(store, first);
      for (let i = 0; i < 3; i++) {
        await bench.close(store);
        store = await bench.open();
        bench.expectManifests(store, [{ ...second.manifest, agreed: true }]);
        await bench.expectWhole(store, second);
        await bench.collected();
        for (const name of first.parts.keys())
          same(store.has(name), second.parts.has(name), `\`has\` of ${name}`);
      }
    },
  },
  {
    id: 'crash',
    title: 'has, after crashes, every checkpoint that was committed, whole, and none that was dropped',
    requires: ['crash'],
    seeded: true,
    run: crashRun,
  },
  {
    id: 'full',
    title: 'refuses when it is full, goes on reading, and goes on writing when there is room',
    requires: ['full'],
    async run(bench) {
      const store = await bench.open();
      const kept = checkpoint(10);
      await bench.keep(store, kept);
      await bench.harness.fill();
      const lease = store.lease(null, Number.POSITIVE_INFINITY);
      let full: unknown = null;
      for (let i = 0; full === null && i < 200; i++) {
        try {
          await bench.put(store, checkpoint(20, 1000 + i, 1000).parts);
        } catch (error) {
          full = error;
        }
      }
      check((full as { code?: string } | null)?.code === 'STORAGE_FULL', `a full store says ${String(full)}`);
      check(
        (full as { retryable?: boolean }).retryable === true,
        '`STORAGE_FULL` is not marked as retryable',
      );
      await bench.expectWhole(store, kept);
      await bench.harness.free();
      await bench.keep(store, checkpoint(20));
      await bench.expectWhole(store, checkpoint(20));
      lease.release();
    },
  },
  {
    id: 'failure',
    title: 'fails for good when its medium does, and has after a restart what had completed',
    requires: ['failure', 'crash'],
    async run(bench, seed) {
      const store = await bench.open();
      const kept = checkpoint(10);
      await bench.keep(store, kept);
      await bench.harness.breakDown();
      const { parts } = checkpoint(20, 77);
      await refused(bench.put(store, parts), 'STORAGE_FAILED', 'a put on a medium that fails');
      await refused(bench.commit(store, kept.manifest), 'STORAGE_FAILED', 'a commit after a failure');
      await refused(bench.put(store, new Map()), 'STORAGE_FAILED', 'a put after a failure');
      await bench.harness.crash(seed);
      await bench.expectWhole(await bench.open(), kept);
    },
  },
  {
    id: 'lock',
    title: 'is opened by one at a time',
    requires: ['lock'],
    async run(bench) {
      const store = await bench.open();
      await refused(bench.open(), 'STORAGE_LOCKED', 'a second opening');
      await bench.keep(store, checkpoint(1));
      await bench.close(store);
      await bench.close(await bench.open());
    },
  },
  {
    id: 'damage',
    title: 'finds a damaged part when it is read, is without it then, and takes it again',
    requires: ['damage'],
    async run(bench) {
      const store = await bench.open();
      const kept = checkpoint(10);
      await bench.keep(store, kept);
      const lease = store.lease(kept.manifest.root, Number.POSITIVE_INFINITY);
      for (const [name, bytes] of kept.parts) {
        await bench.harness.damage(bytes);
        same(await bench.get(store, name), null, `part ${name}, which is damaged`);
        same(store.has(name), false, '`has` of a part that was found damaged');
        await bench.put(store, new Map([[name, bytes]]));
      }
      await bench.commit(store, kept.manifest);
      await bench.expectWhole(store, kept);
      lease.release();
    },
  },
];

/** Does things at random, and crashes at random, several times on one medium. */
async function crashRun(bench: Bench, seed: number): Promise<void> {
  const random = new SimRandom(`crash ${seed}`);
  const known = new Map<number, Checkpoint>();
  /** What is committed for certain; and what may be, or may be gone. */
  const certain = new Set<number>();
  const doubtful = new Set<number>();
  for (let life = 0, index = 1; life < 6; life++) {
    const store = await bench.open();
    for (const { anchor, root } of store.manifests()) {
      const found = known.get(anchor.index);
      check(found?.manifest.root === root, `a checkpoint at ${anchor.index} that was never committed`);
      check(
        certain.has(anchor.index) || doubtful.has(anchor.index),
        `the dropped checkpoint at ${anchor.index}`,
      );
      certain.add(anchor.index);
    }
    doubtful.clear();
    for (const each of certain) await bench.expectWhole(store, known.get(each) as Checkpoint);
    const lease = store.lease(null, Number.POSITIVE_INFINITY);
    for (let i = random.below(5); i >= 0; i--, index++) {
      const next = checkpoint(index, random.below(1000), 40);
      known.set(index, next);
      for (const part of halves(next.parts)) {
        watch(
          (done) => store.put(part, done),
          () => {},
        );
      }
      const at = index;
      doubtful.add(at);
      watch(
        (done) => store.commit(next.manifest, done),
        () => {
          certain.add(at);
          doubtful.delete(at);
        },
      );
      const old = [...certain][0];
      if (old !== undefined && random.chance(0.4)) {
        certain.delete(old);
        doubtful.add(old);
        const { anchor } = (known.get(old) as Checkpoint).manifest;
        watch(
          (done) => store.drop(anchor, done),
          () => doubtful.delete(old),
        );
      }
      await bench.harness.pass(random.below(60));
      if (random.chance(0.3)) await bench.harness.wait(random.below(5000));
    }
    await bench.harness.crash(random.below(1e9));
    lease.release();
  }
}

/** Submits a change, which may not fail. */
function watch(submit: (done: (error: Error | null) => void) => void, completed: () => void): void {
  submit((error) => {
    check(error === null, `a change failed: ${String(error)}`);
    completed();
  });
}

function halves<K, V>(map: ReadonlyMap<K, V>): Map<K, V>[] {
  const all = [...map];
  const middle = Math.floor(all.length / 2);
  return [new Map(all.slice(0, middle)), new Map(all.slice(middle))];
}
