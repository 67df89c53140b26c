import type { Disk, DiskFile, PartName, SnapshotStore } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { checkpoint, World } from './world.ts';

/** A disk that counts reads of packs. */
function counting(disk: Disk, reads: { count: number; bytes: number }): Disk {
  const counted = (file: DiskFile): DiskFile =>
    new Proxy(file, {
      get: (target, key) => {
        const value = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        if (key !== 'readAt') return value.bind(target);
        return (offset: number, length: number, done: never) => {
          reads.count += 1;
          reads.bytes += length;
          target.readAt(offset, length, done);
        };
      },
    });
  return new Proxy(disk, {
    get: (target, key) => {
      const value = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (key !== 'open') return value.bind(target);
      return (path: string, mode: never, done: (error: never, file: DiskFile) => void) =>
        target.open(path, mode, (error, file) =>
          done(error as never, error === null && path.startsWith('pack') ? counted(file) : file),
        );
    },
  });
}

/** Asks for all of them in one turn. */
function all(world: World, store: SnapshotStore, names: readonly PartName[]): (Uint8Array | null)[] {
  return world.call<(Uint8Array | null)[]>((done) => {
    const found: (Uint8Array | null)[] = [];
    let left = names.length;
    for (const [i, name] of names.entries()) {
      store.get(name, (_, bytes) => {
        found[i] = bytes;
        left -= 1;
        if (left === 0) done(null, found);
      });
    }
  });
}

describe('parts that are asked for in one turn', () => {
  it('are read together, in whatever order, and twice if they are asked for twice', () => {
    const world = new World();
    const reads = { count: 0, bytes: 0 };
    const store = world.open({}, { disk: counting(world.node.ports.disk, reads) });
    const { manifest, parts } = checkpoint(1, 300);
    world.keep(store, { manifest, parts });
    reads.count = 0;
    const names = [...parts.keys()].reverse();
    expect(all(world, store, [...names, ...names])).toEqual(
      [...names, ...names].map((name) => parts.get(name)),
    );
    expect(reads.count).toBe(1);
    const some = names.filter((_, i) => i % 9 === 0);
    expect(all(world, store, some)).toEqual(some.map((name) => parts.get(name)));
    expect(reads.count).toBe(2);
  });

  it('are read within bounds, however many and however far apart they are', () => {
    const world = new World();
    const reads = { count: 0, bytes: 0 };
    const store = world.open({}, { disk: counting(world.node.ports.disk, reads) });
    const { manifest, parts } = checkpoint(1, 12_000);
    world.keep(store, { manifest, parts });
    const names = [...parts.keys()];
    const bytes = [...parts.values()].reduce((sum, { length }) => sum + length, 0);
    reads.count = 0;
    expect(all(world, store, names).includes(null)).toBe(false);
    expect(reads.count).toBeGreaterThan(1);
    expect(reads.count).toBeLessThan(10);
    const ends = [names[0], names.at(-2)] as PartName[];
    reads.count = 0;
    reads.bytes = 0;
    expect(all(world, store, ends)).toEqual(ends.map((name) => parts.get(name)));
    expect(reads.count).toBe(2);
    expect(reads.bytes).toBeLessThan(bytes / 100);
  });

  it('are each as good as they are by themselves: rot of one costs that one alone', () => {
    const world = new World();
    const store = world.open();
    const { manifest, parts } = checkpoint(1, 100);
    world.keep(store, { manifest, parts });
    const names = [...parts.keys()];
    const rotten = names[10] as PartName;
    const pack = Buffer.from(world.node.disk.contents('pack-0000000001'));
    world.node.disk.corrupt('pack-0000000001', pack.indexOf(parts.get(rotten) as Uint8Array) + 9);
    const found = all(world, store, names);
    expect(names.filter((_, i) => found[i] === null)).toEqual([rotten]);
    expect(names.filter((name) => !store.has(name))).toEqual([rotten]);
  });

  it('are read one by one where they cannot be read together', () => {
    const world = new World();
    const store = world.open();
    const { manifest, parts } = checkpoint(1, 100);
    world.keep(store, { manifest, parts });
    const names = [...parts.keys()].slice(0, 10);
    world.node.disk.fail({ kind: 'read', code: 'io' });
    expect(all(world, store, names)).toEqual(names.map((name) => parts.get(name)));
  });
});
