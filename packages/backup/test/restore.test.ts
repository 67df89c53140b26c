import {
  type CheckpointRoot,
  cursor,
  encodeRoot,
  nameOfPart,
  type SnapshotStore,
  toClusterId,
  toGroupId,
  toIncarnation,
  toPeerId,
  verifyCheckpoint,
} from '@smalti/core';
import { SimRandom, Simulation } from '@smalti/simulator';
import { openChunks } from '@smalti/storage-chunks';
import { MemorySnapshotStore } from '@smalti/storage-memory';
import { describe, expect, it } from 'vitest';
import {
  type NewCheckpoint,
  partsOf,
  type Restoring,
  restoreArchive,
  verifyArchive,
  writeArchive,
} from '../src/index.ts';
import { archiveOf, type Checkpoint, cut, hasher, items, sourceOf } from './support.ts';

const CLUSTER = toClusterId('d4'.repeat(16));

/** The same state as another cluster. */
function found(root: CheckpointRoot): NewCheckpoint {
  const anchor = cursor(1, root.anchor.index);
  const bytes = encodeRoot({ ...root, cluster: CLUSTER, anchor });
  const name = nameOfPart(bytes, hasher);
  const all = root.sections.reduce((sum, section) => sum + section.bytes, bytes.length);
  const manifest = { anchor, root: name, format: root.format.version, bytes: all, agreed: true };
  return { manifest, parts: new Map([[name, bytes]]) };
}

function into(store: SnapshotStore): Pick<Restoring, 'begin'> {
  return { begin: (root) => Promise.resolve({ store, checkpoint: found(root) }) };
}

interface Place {
  readonly store: SnapshotStore;
  /** The calls of the store as calls of promises, of which each runs virtual time until it is done. */
  readonly driven: SnapshotStore;
}

const PLACES: Readonly<Record<string, () => Place>> = {
  'in memory': () => {
    const sim = new Simulation({ seed: 1 });
    return driven(sim, new MemorySnapshotStore({ ...sim.node('n1').ports, hasher }));
  },
  'on a disk': () => {
    const sim = new Simulation({ seed: 1 });
    const owner = {
      node: toPeerId('n1'),
      incarnation: toIncarnation('0f'.repeat(16)),
      group: toGroupId('a1'.repeat(32)),
    };
    const store = sim.call<SnapshotStore | null>((done) =>
      openChunks({ ...sim.node('n1').ports, hasher, owner }, done),
    );
    return driven(sim, store as SnapshotStore);
  },
};

function driven(sim: Simulation, store: SnapshotStore): Place {
  return {
    store,
    driven: {
      descriptor: store.descriptor,
      manifests: () => store.manifests(),
      has: (name) => store.has(name),
      lease: (root, until) => store.lease(root, until),
      get: (name, done) =>
        done(
          null,
          sim.call((told) => store.get(name, told)),
        ),
      put: (parts, done) =>
        done(
          null,
          sim.call((told) => store.put(parts, told)),
        ),
      commit: (manifest, done) =>
        done(
          null,
          sim.call((told) => store.commit(manifest, told)),
        ),
      drop: (anchor, done) =>
        done(
          null,
          sim.call((told) => store.drop(anchor, told)),
        ),
      close: (done) =>
        done(
          null,
          sim.call((told) => store.close(told)),
        ),
    },
  };
}

async function keep({ driven: store }: Place, { manifest, parts }: Checkpoint): Promise<void> {
  const lease = store.lease(null, Number.POSITIVE_INFINITY);
  store.put(parts, () => {});
  store.commit(manifest, () => {});
  lease.release();
}

async function backUp({ driven: store }: Place): Promise<Uint8Array> {
  const manifest = store.manifests().at(-1);
  if (manifest === undefined) throw new Error('there is a checkpoint');
  const pieces: Uint8Array[] = [];
  for await (const piece of writeArchive({ manifest, parts: partsOf(store), hasher })) pieces.push(piece);
  return Buffer.concat(pieces);
}

for (const [title, make] of Object.entries(PLACES)) {
  describe(`a store ${title}`, () => {
    it('is backed up, and restored as another cluster with the same state', async () => {
      const checkpoint = cut({ birth: items(1), machine: items(400), sessions: items(7) });
      const [old, fresh] = [make(), make()];
      await keep(old, checkpoint);
      const archive = await backUp(old);
      expect(archive).toEqual(await archiveOf(checkpoint));

      const restored = await restoreArchive(sourceOf(archive), { ...into(fresh.driven), hasher });
      expect(fresh.store.manifests()).toEqual([restored.checkpoint.manifest]);
      const again = await backUp(fresh);
      const [before, after] = await Promise.all(
        [archive, again].map((bytes) => verifyArchive(sourceOf(bytes), { hasher })),
      );
      expect(after?.root.cluster).toBe(CLUSTER);
      expect(after?.root.anchor).toEqual(cursor(1, 42));
      expect(after?.root.sections).toEqual(before?.root.sections);
    });

    it('holds no checkpoint if the archive is damaged, and nothing was stored', async () => {
      const bytes = await archiveOf(cut({ machine: items(200) }));
      const at = new SimRandom(1).bytes(2);
      const offset = ((at[0] as number) * 256 + (at[1] as number)) % bytes.length;
      bytes[offset] = (bytes[offset] as number) ^ 0x10;
      const place = make();
      let puts = 0;
      const store: SnapshotStore = { ...place.driven, put: () => void puts++ };
      await expect(restoreArchive(sourceOf(bytes), { ...into(store), hasher })).rejects.toThrow(
        /is damaged at byte/,
      );
      expect(puts).toBe(0);
      expect(place.store.manifests()).toEqual([]);
    });

    it('holds no checkpoint if reading ends in the middle', async () => {
      const bytes = await archiveOf(cut({ machine: items(16_000) }));
      const place = make();
      const source = sourceOf(bytes);
      let verified = false;
      const failing = {
        ...source,
        read: (offset: number, length: number) =>
          verified && offset > 0
            ? Promise.reject(new Error('the file is gone'))
            : source.read(offset, length),
      };
      const restoring = {
        hasher,
        begin: (root: CheckpointRoot) => {
          verified = true;
          return into(place.driven).begin(root);
        },
      };
      await expect(restoreArchive(failing, restoring)).rejects.toThrow('the file is gone');
      expect(verified).toBe(true);
      expect(place.store.manifests()).toEqual([]);
    });

    it('is whole afterwards', async () => {
      const place = make();
      const archive = await archiveOf(cut({ machine: items(300) }));
      const { checkpoint } = await restoreArchive(sourceOf(archive), { ...into(place.driven), hasher });
      const walk = verifyCheckpoint(checkpoint.manifest.root, hasher);
      let step = walk.next();
      while (step.done !== true) {
        const answers = 'get' in step.value ? await partsOf(place.driven).get(step.value.get) : undefined;
        step = walk.next(answers);
      }
      expect(step.value.cluster).toBe(CLUSTER);
    });
  });
}

describe('progress', () => {
  it('never goes back, and ends at all there is', async () => {
    const archive = await archiveOf(cut({ machine: items(3000) }));
    const told: number[] = [];
    let whole = 0;
    const progress = (done: number, all: number): void => {
      told.push(done);
      whole = all;
    };
    const place = PLACES['in memory']?.() as Place;
    await restoreArchive(sourceOf(archive), { ...into(place.driven), hasher, progress });
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(whole);
  });
});
