import { type SmaltiError, toPeerId } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { type ChunksOptions, openChunks } from '../src/index.ts';
import { checkpoint, OWNER, SMALL, World } from './world.ts';

function refusal(work: () => unknown): SmaltiError {
  try {
    work();
  } catch (error) {
    return error as SmaltiError;
  }
  throw new Error('it was not refused');
}

describe('a directory', () => {
  it('of others is refused, naming both sides, and is left as it is', () => {
    const world = new World();
    world.call((done) => world.open().close(done));
    const before = world.node.disk.paths().map((path) => [path, world.node.disk.contents(path)]);
    const error = refusal(() => world.open(SMALL, { owner: { ...OWNER, node: toPeerId('n2') } }));
    expect(error.code).toBe('STORAGE_FOREIGN');
    expect(error.message).toMatch(/node n1.*node n2/);
    expect(world.node.disk.paths().map((path) => [path, world.node.disk.contents(path)])).toEqual(before);
    world.open();
  });

  it('with other things in it is refused', () => {
    const world = new World();
    const { disk } = world.node.ports;
    world.call((done) => disk.open('photo.jpg', 'create', (error) => done(error as never, undefined)));
    expect(refusal(() => world.open())).toMatchObject({ code: 'STORAGE_FOREIGN', message: /photo\.jpg/ });
    expect(world.node.disk.paths()).toEqual(['photo.jpg']);
  });

  it('is opened by one at a time', () => {
    const world = new World();
    const store = world.open();
    expect(refusal(() => world.open()).code).toBe('STORAGE_LOCKED');
    world.call((done) => store.close(done));
    world.open();
  });

  it('whose identity is damaged is refused', () => {
    const world = new World();
    world.call((done) => world.open().close(done));
    world.node.disk.corrupt('identity', 20);
    expect(refusal(() => world.open()).code).toBe('STORAGE_CORRUPT');
  });

  it('is not opened with options that are none', () => {
    const wrong: ChunksOptions[] = [
      { packBytes: 1 },
      { batchBytes: 1e9 },
      { collectAfterMs: -1 },
      { graceMs: 86_400_001 },
      { collectBytesPerSecond: 0.5 },
    ];
    for (const options of wrong) expect(refusal(() => new World().open(options)).code).toBe('BAD_OPTION');
  });

  it('can be opened without a disk full of room later on', () => {
    const world = new World();
    world.node.disk.capacity = 0;
    expect(refusal(() => world.open())).toMatchObject({ code: 'STORAGE_FULL', retryable: true });
    world.node.disk.capacity = Number.POSITIVE_INFINITY;
    const store = world.open();
    world.keep(store, checkpoint(1));
    expect(world.missing(store, checkpoint(1))).toEqual([]);
  });
});

describe('rot', () => {
  it('of any sector of a pack costs the parts in it, and no others', () => {
    const kept = checkpoint(1, 100);
    const lost = new Set<string>();
    const pristine = new World();
    const first = pristine.open();
    pristine.keep(first, kept);
    pristine.call((done) => first.close(done));
    const length = pristine.node.disk.contents('pack-0000000001').findLastIndex((byte) => byte !== 0);
    for (let at = 100; at < length; at += 512) {
      const world = new World();
      const before = world.open();
      world.keep(before, kept);
      world.call((done) => before.close(done));
      world.node.disk.corrupt('pack-0000000001', at, 0xff);
      const store = world.open();
      expect(store.manifests()).toEqual([kept.manifest]);
      const missing = world.missing(store, kept);
      // A byte of a part; or of the head of a batch, which is as long as several parts.
      expect(missing.length).toBeLessThan(kept.parts.size / 2);
      for (const name of missing) lost.add(name);
      for (const name of missing) expect(store.has(name)).toBe(false);
      world.keep(store, kept);
      expect(world.missing(store, kept)).toEqual([]);
    }
    expect(lost.size).toBeGreaterThan(kept.parts.size / 3);
  });

  it('of a manifest costs that checkpoint, and no others', () => {
    const world = new World();
    const store = world.open();
    world.keep(store, checkpoint(1));
    world.keep(store, checkpoint(2));
    world.call((done) => store.close(done));
    world.node.disk.corrupt('manifest-0000000000000001', 40);
    const next = world.open();
    expect(next.manifests()).toEqual([checkpoint(2).manifest]);
    expect(world.missing(next, checkpoint(2))).toEqual([]);
  });

  it('below a checkpoint keeps everything else of it from being collected', () => {
    const world = new World();
    const store = world.open();
    const [kept, dropped] = [checkpoint(1, 300), checkpoint(2, 300)];
    world.keep(store, kept);
    world.keep(store, dropped);
    world.call((done) => store.drop(dropped.manifest.anchor, done));
    const root = kept.parts.get(kept.manifest.root) as Uint8Array;
    const pack = Buffer.from(world.node.disk.contents('pack-0000000001'));
    world.node.disk.corrupt('pack-0000000001', pack.indexOf(root) + 50);
    world.collect();
    expect(world.missing(store, kept)).toEqual([kept.manifest.root]);
    const lease = store.lease(null, Number.POSITIVE_INFINITY);
    world.call((done) => store.put(kept.parts, done));
    lease.release();
    world.collect();
    expect(world.missing(store, kept)).toEqual([]);
    expect(world.missing(store, dropped).length).toBeGreaterThan(0);
  });
});

describe('collecting', () => {
  it('gives space back, however many checkpoints come and go', () => {
    const world = new World();
    const store = world.open();
    let before: ReturnType<typeof checkpoint> | null = null;
    const used: number[] = [];
    for (let index = 1; index <= 30; index++) {
      const next = checkpoint(index, 600);
      world.keep(store, next);
      if (before !== null) {
        const { anchor } = before.manifest;
        world.call((done) => store.drop(anchor, done));
      }
      before = next;
      world.collect();
      used.push(world.node.disk.used);
      expect(world.missing(store, next)).toEqual([]);
      // It comes to rest: nothing is copied for ever.
      const { operations } = world.node.disk;
      world.collect();
      expect(world.node.disk.operations).toBe(operations);
    }
    const one = [...checkpoint(1, 600).parts.values()].reduce((sum, { length }) => sum + length, 0);
    // Packs are half full at least; and blocks are allocated ahead in each, 256 KiB.
    expect(Math.max(...used)).toBeLessThan(3 * one + 4 * 256 * 1024);
    expect(store.manifests().length).toBe(1);
  });

  it('keeps to its rate', () => {
    const world = new World();
    const store = world.open({ ...SMALL, collectBytesPerSecond: 10_000 });
    const big = checkpoint(1, 2000);
    world.keep(store, big);
    world.call((done) => store.drop(big.manifest.anchor, done));
    const keep = checkpoint(2, 500);
    world.keep(store, keep);
    const packs = (): number => world.node.disk.paths().filter((path) => path.startsWith('pack')).length;
    const before = packs();
    world.collect(200);
    expect(packs()).toBe(before);
    world.collect(600_000);
    expect(packs()).toBeLessThan(before);
    expect(world.missing(store, keep)).toEqual([]);
  });

  it.each(['before', 'after'])('that began %s a commit forgets nothing of what was committed', (when) => {
    const world = new World();
    // Slow enough that what is kept is still looked at when the commit is done, and its lease given back.
    const store = world.open({ ...SMALL, collectBytesPerSecond: 4096 });
    world.keep(store, checkpoint(1));
    world.collect();
    const next = checkpoint(2);
    const lease = store.lease(null, Number.POSITIVE_INFINITY);
    world.call((done) => store.put(next.parts, done));
    let committed = false;
    const commit = (): void =>
      store.commit(next.manifest, (error) => {
        expect(error).toBe(null);
        committed = true;
        lease.release();
      });
    // The lease was taken: a round begins within this.
    const beginMs = 20;
    if (when === 'before') {
      world.collect(beginMs);
      commit();
    } else {
      world.node.disk.hangSyncs();
      commit();
      world.collect(beginMs);
      expect(committed).toBe(false);
      world.node.disk.releaseSyncs();
    }
    world.collect();
    expect(committed).toBe(true);
    expect(store.manifests()).toEqual([checkpoint(1).manifest, next.manifest]);
    expect(world.missing(store, next)).toEqual([]);
  });

  it('leaves what was being fetched when the process ended, for a minute: a lease taken then keeps it', () => {
    for (const taken of [true, false]) {
      const world = new World();
      const first = world.open();
      const half = checkpoint(1);
      // Of a plan's parts the root comes first, and the last ones are those that are missing.
      const parts = [...half.parts].reverse().slice(0, half.parts.size - 3);
      first.lease(null, Number.POSITIVE_INFINITY);
      world.call((done) => first.put(new Map(parts), done));
      world.call((done) => first.close(done));
      const store = world.open({ ...SMALL, graceMs: 60_000 });
      world.collect(50_000);
      if (taken) store.lease(half.manifest.root, Number.POSITIVE_INFINITY);
      world.collect(50_000);
      expect(world.missing(store, half).length).toBe(taken ? 3 : half.parts.size);
    }
  });
});

it('gives a promise, or calls back', async () => {
  const world = new World();
  const store = await world.sim.complete(openChunks({ ...world.node.ports, owner: OWNER }));
  expect(store.manifests()).toEqual([]);
});
