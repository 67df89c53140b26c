import { checkDescriptor, nameOfPart, type PartName } from '@smalti/core';
import { simHasher } from '@smalti/simulator';
import { check, refused, same } from '../suite/expect.ts';
import type { SnapshotStoreCase } from './case-list.ts';
import { checkpoint } from './checkpoints.ts';

const unknown = '00'.repeat(32) as PartName;

/** What parts and manifests are, and who keeps them. */
export const plainCases: readonly SnapshotStoreCase[] = [
  {
    id: 'put-get',
    title: 'gives the parts that were put, and null for others',
    async run(bench) {
      const store = await bench.open();
      checkDescriptor(store.descriptor, 'snapshot-store');
      const { parts } = checkpoint(1);
      await bench.put(store, new Map());
      await bench.put(store, parts);
      for (const [name, bytes] of parts) {
        check(store.has(name), `part ${name} was put, and \`has\` is false`);
        same([...((await bench.get(store, name)) ?? [])], [...bytes], `part ${name}`);
      }
      same([store.has(unknown), await bench.get(store, unknown)], [false, null], 'a part that was never put');
    },
  },
  {
    id: 'put-misnamed',
    title: 'refuses parts whose name is not the hash of their bytes, and stores nothing then',
    async run(bench) {
      const store = await bench.open();
      const [good] = checkpoint(1).parts;
      const parts = new Map([good as [PartName, Uint8Array], [unknown, new Uint8Array(20)]]);
      await refused(bench.put(store, parts), 'STORAGE_CORRUPT', 'a put under a wrong name');
      for (const name of parts.keys()) same(store.has(name), false, 'what was put with a wrong name');
    },
  },
  {
    id: 'put-reused',
    title: 'keeps what was put, whatever the caller writes over it when that is done',
    async run(bench) {
      const store = await bench.open();
      const { parts } = checkpoint(1);
      const memory = new Uint8Array(Math.max(...[...parts.values()].map(({ length }) => length)));
      for (const [name, bytes] of parts) {
        memory.set(bytes);
        await bench.put(store, new Map([[name, memory.subarray(0, bytes.length)]]));
      }
      for (const [name, bytes] of parts) {
        same([...((await bench.get(store, name)) ?? [])], [...bytes], `part ${name}`);
      }
    },
  },
  {
    id: 'put-overlapping',
    title: 'takes the same parts from several at once, and again later',
    async run(bench) {
      const store = await bench.open();
      const { manifest, parts } = checkpoint(1);
      const all = [...parts];
      const puts = [all, all.slice(10), all.slice(0, 20), all].map((some) => bench.put(store, new Map(some)));
      await Promise.all(puts);
      await bench.put(store, parts);
      await bench.commit(store, manifest);
      await bench.expectWhole(store, { manifest, parts });
    },
  },
  {
    id: 'commit',
    title: 'shows checkpoints that were committed, oldest first, the newest word of each',
    async run(bench) {
      const store = await bench.open();
      const [first, second] = [checkpoint(10), checkpoint(20)];
      bench.expectManifests(store, []);
      await bench.keep(store, second);
      await bench.keep(store, first);
      bench.expectManifests(store, [first.manifest, second.manifest]);
      const agreed = { ...first.manifest, agreed: true };
      await bench.commit(store, agreed);
      bench.expectManifests(store, [agreed, second.manifest]);
      const { manifest } = checkpoint(20, 99);
      await bench.keep(store, checkpoint(20, 99));
      bench.expectManifests(store, [agreed, manifest]);
    },
  },
  {
    id: 'commit-whole',
    title: 'refuses a checkpoint of which any part is missing, and takes it when that was put',
    async run(bench) {
      const { manifest, parts } = checkpoint(1);
      for (const missing of parts.keys()) {
        const store = await bench.open();
        const lease = store.lease(null, Number.POSITIVE_INFINITY);
        if (!store.has(missing)) {
          await bench.put(store, new Map([...parts].filter(([name]) => name !== missing)));
          const error = await refused(bench.commit(store, manifest), 'STORAGE_RANGE', 'a commit of a part');
          same(error.details.part, missing, 'the part that is missing');
          bench.expectManifests(store, []);
          await bench.put(store, parts);
          await bench.commit(store, manifest);
          await bench.expectWhole(store, { manifest, parts });
        }
        lease.release();
        await bench.drop(store, { manifest, parts });
        await bench.collected();
        check(!store.has(missing), `part ${missing} was not collected`);
        await bench.close(store);
      }
    },
  },
  {
    id: 'drop',
    title: 'forgets a checkpoint that was dropped, and later what nothing else reaches',
    async run(bench) {
      const store = await bench.open();
      const [first, second] = [checkpoint(10), checkpoint(20)];
      await bench.keep(store, first);
      await bench.keep(store, second);
      await bench.drop(store, checkpoint(15));
      await bench.drop(store, first);
      bench.expectManifests(store, [second.manifest]);
      await bench.collected();
      for (const name of first.parts.keys()) {
        same(
          store.has(name),
          second.parts.has(name),
          `\`has\` of ${name}, which only a dropped checkpoint has`,
        );
      }
      await bench.expectWhole(store, second);
    },
  },
  {
    id: 'lease',
    title: 'keeps what a leased root reaches until the lease is released or ends',
    async run(bench) {
      const store = await bench.open();
      for (const how of ['release', 'end'] as const) {
        const kept = checkpoint(10, how === 'end' ? 5 : 6);
        await bench.keep(store, kept);
        const lease = store.lease(kept.manifest.root, bench.harness.now() + 1000);
        same(lease.root, kept.manifest.root, 'the root of a lease');
        lease.renew(bench.harness.now() + 400_000);
        await bench.drop(store, kept);
        await bench.collected();
        for (const name of kept.parts.keys())
          check(store.has(name), `part ${name} is gone in spite of a lease`);
        if (how === 'release') lease.release();
        else await bench.harness.wait(400_000);
        lease.renew(bench.harness.now() + 400_000);
        await bench.collected();
        for (const name of kept.parts.keys())
          check(!store.has(name), `part ${name} is there after its lease`);
        lease.release();
      }
    },
  },
  {
    id: 'lease-of-puts',
    title: 'keeps what is put while a lease without a root lasts, old parts that are put again included',
    async run(bench) {
      const store = await bench.open();
      const { manifest, parts } = checkpoint(10);
      await bench.keep(store, { manifest, parts });
      const lease = store.lease(null, bench.harness.now() + 600_000);
      await bench.drop(store, { manifest, parts });
      const { manifest: next, parts: all } = checkpoint(20);
      for (const part of all) {
        await bench.put(store, new Map([part]));
        await bench.harness.wait(1000);
      }
      await bench.collected();
      await bench.commit(store, next);
      lease.release();
      await bench.collected();
      await bench.expectWhole(store, { manifest: next, parts: all });
    },
  },
  {
    id: 'closed',
    title: 'answers STORAGE_CLOSED after close, and completes what was under way',
    async run(bench) {
      const store = await bench.open();
      const { manifest, parts } = checkpoint(1);
      const underWay = Promise.all([bench.put(store, parts), bench.commit(store, manifest)]);
      await Promise.all([underWay, bench.close(store)]);
      const [name] = parts.keys();
      await refused(bench.get(store, name as PartName), 'STORAGE_CLOSED', 'a get after close');
      await refused(bench.put(store, parts), 'STORAGE_CLOSED', 'a put after close');
      await refused(bench.commit(store, manifest), 'STORAGE_CLOSED', 'a commit after close');
      store.lease(null, 1).release();
      store.has(name as PartName);
      store.manifests();
    },
  },
  {
    id: 'own-copies',
    title: 'has its own copies of what it was given, and gives them away as copies',
    async run(bench) {
      const store = await bench.open();
      const bytes = Uint8Array.of(3, 1, 2, 3);
      const name = nameOfPart(bytes, simHasher);
      const parts = new Map([[name, bytes]]);
      const lease = store.lease(null, Number.POSITIVE_INFINITY);
      const put = bench.put(store, parts);
      parts.clear();
      await put;
      bytes.fill(9);
      (await bench.get(store, name))?.fill(7);
      same(
        [...((await bench.get(store, name)) ?? [])],
        [3, 1, 2, 3],
        'a part whose bytes were changed elsewhere',
      );
      lease.release();
    },
  },
];
