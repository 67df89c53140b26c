import {
  type Clock,
  type Cursor,
  DEFAULT_CHECKPOINT_FORMAT,
  type PartName,
  type SmaltiError,
  type SnapshotItem,
  toClusterId,
  toGroupId,
} from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import { MemorySnapshotStore } from '@smalti/storage-memory';
import { describe, expect, it } from 'vitest';
import type { Captured } from '../../../src/group/checkpoints/captured.ts';
import { Cutting } from '../../../src/group/checkpoints/cutting.ts';

const MIB = 1024 * 1024;

function at(index: number): Cursor {
  return { index, term: 1 } as Cursor;
}

function bench({ bytesPerSecond = 64 * MIB, capacity = Number.POSITIVE_INFINITY } = {}) {
  const sim = new Simulation();
  const { ports } = sim.node('n');
  /** Time that passes within an event: what reading items costs. */
  const spent = { ms: 0, most: 0 };
  const clock: Clock = {
    now: () => ports.clock.now() + spent.ms,
    wallNow: () => ports.clock.wallNow(),
    setTimer: (delayMs, fire) => ports.clock.setTimer(delayMs, fire),
  };
  const store = new MemorySnapshotStore({ ...ports, capacity });
  const under = { puts: 0, most: 0, bytes: 0, released: 0, memory: new Set<ArrayBufferLike>() };
  const watched: typeof store = Object.create(store, {
    put: {
      value: (parts: ReadonlyMap<PartName, Uint8Array>, done: (error: SmaltiError | null) => void) => {
        under.puts += 1;
        under.most = Math.max(under.most, under.puts);
        for (const { buffer } of parts.values()) under.memory.add(buffer);
        under.bytes = Math.max(
          under.bytes,
          [...parts.values()].reduce((sum, { length }) => sum + length, 0),
        );
        store.put(parts, (error) => {
          under.puts -= 1;
          done(error);
        });
      },
    },
    manifests: { value: () => store.manifests() },
    lease: { value: (root: PartName | null, until: number) => store.lease(root, until) },
    commit: { value: (...args: Parameters<typeof store.commit>) => store.commit(...args) },
  });
  const seen = { cut: [] as number[], gaveUp: [] as string[], notes: [] as string[], faults: [] as string[] };
  const hold = { ms: 0 };
  const cutting = new Cutting(
    { store: watched, clock, scheduler: ports.scheduler, bytesPerSecond },
    {
      holdMs: () => hold.ms,
      isKept: ({ index }) => store.manifests().some(({ anchor, agreed }) => agreed && anchor.index === index),
      isAgreed: () => false,
      cut: ({ index }) => seen.cut.push(index),
      gaveUp: (_, why) => seen.gaveUp.push(why),
      note: (text) => seen.notes.push(text),
      fault: ({ code }) => seen.faults.push(code),
    },
  );
  const captured = (index: number, bytes: number, itemMs: (at: number) => number = () => 0): Captured => {
    const length = Math.ceil(bytes / 1024);
    const items = (from: number, to: number): readonly SnapshotItem[] => {
      for (let i = from; i < to; i++) spent.ms += itemMs(i);
      return Array.from({ length: to - from }, (_, i) => {
        const number = String(from + i).padStart(8, '0');
        return { key: Buffer.from(number), value: Buffer.from(`${index}-${number}`.padEnd(1016, '.')) };
      });
    };
    const header = {
      format: DEFAULT_CHECKPOINT_FORMAT,
      cluster: toClusterId('c'.repeat(32)),
      group: toGroupId('d'.repeat(64)),
      anchor: at(index),
      time: 0,
      machine: { signature: 'list', version: 1 },
      configuration: new Uint8Array(0),
    };
    const sections = new Map([['machine', { length, items }]]);
    const checkpoint = { header, sections, hasher: ports.hasher };
    return { at: at(index), checkpoint, release: () => (under.released += 1) };
  };
  const take = (of: Captured): void => {
    cutting.take(of);
    cutting.look();
  };
  return { sim, store, cutting, captured, take, seen, under, spent, hold };
}

describe('cutting', () => {
  it('takes as long as its pace says, and releases what was captured', async () => {
    const { sim, cutting, captured, take, seen, under } = bench({ bytesPerSecond: 2 * MIB });
    take(captured(5, 8 * MIB));
    await sim.runFor(3_500);
    expect(seen.cut).toEqual([]);
    expect(cutting.progress?.bytes).toBeGreaterThan(6 * MIB);
    expect(cutting.progress?.bytes).toBeLessThan(8 * MIB);
    await sim.runFor(1_500);
    expect(seen.cut).toEqual([5]);
    expect([cutting.progress, under.released]).toEqual([null, 1]);
  });

  it('H20: has one batch of parts in memory, of at most a mebibyte', async () => {
    const { sim, captured, take, seen, under } = bench();
    take(captured(5, 16 * MIB));
    await sim.runFor(10_000);
    expect(seen.cut).toEqual([5]);
    expect(under.most).toBe(1);
    expect(under.bytes).toBeLessThanOrEqual(MIB);
    expect(under.bytes).toBeGreaterThan(MIB / 2);
    // All batches are in the same memory, but for the root.
    const memory = [...under.memory].reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(memory).toBeLessThan(1.5 * MIB);
  });

  it('never takes ten milliseconds at once, however dear the items of the machine are', async () => {
    const { sim, captured, take, seen, spent } = bench();
    // They may become dearer at any time.
    take(captured(5, 2 * MIB, (i) => (i < 1024 ? 0.001 : 1)));
    let most = 0;
    let before = spent.ms;
    while (seen.cut.length === 0) {
      expect(sim.step()).toBe(true);
      await sim.settle();
      most = Math.max(most, spent.ms - before);
      before = spent.ms;
    }
    expect(spent.ms).toBeGreaterThan(1_000);
    expect(most).toBeLessThan(10);
  });

  it('leaves half of the time to others, however slow the machine is', async () => {
    const { sim, captured, take, seen, spent } = bench();
    const began = sim.now;
    take(captured(5, 2 * MIB, () => 1));
    while (seen.cut.length === 0) {
      expect(sim.step()).toBe(true);
      await sim.settle();
    }
    expect(spent.ms).toBeGreaterThan(2_000);
    expect(sim.now - began).toBeGreaterThan(0.95 * spent.ms);
  });

  it('cuts one state while the newest one waits, and releases those that were replaced', async () => {
    const { sim, cutting, captured, take, seen, under } = bench({ bytesPerSecond: MIB });
    take(captured(5, 2 * MIB));
    take(captured(6, 1024));
    take(captured(7, 1024));
    expect([cutting.progress?.at.index, cutting.waiting?.index, under.released]).toEqual([5, 7, 1]);
    await sim.runFor(5_000);
    expect(seen.cut).toEqual([5, 7]);
    expect(under.released).toBe(3);
  });

  it('waits as long as it is told to, or until it is told otherwise', async () => {
    const { sim, cutting, captured, take, seen, hold } = bench();
    hold.ms = 1_000;
    take(captured(5, 1024));
    await sim.runFor(500);
    expect([cutting.progress, seen.cut]).toEqual([null, []]);
    hold.ms = 0;
    cutting.look();
    await sim.runFor(100);
    expect(seen.cut).toEqual([5]);
  });

  it('lets go of what is of no use any more, and of all when it ends', async () => {
    const { sim, cutting, captured, take, seen, under } = bench({ bytesPerSecond: MIB });
    take(captured(5, 8 * MIB));
    take(captured(6, 8 * MIB));
    await sim.runFor(100);
    cutting.drop(at(5));
    expect([cutting.progress?.at.index, under.released]).toEqual([6, 1]);
    take(captured(7, 1024));
    await sim.runFor(100);
    cutting.close();
    take(captured(8, 1024));
    await sim.runFor(60_000);
    expect([seen.cut, under.released]).toEqual([[], 4]);
  });

  it('waits for room on a full disk, without harm', async () => {
    const { sim, store, captured, take, seen, under } = bench({ capacity: MIB });
    take(captured(5, 4 * MIB));
    await sim.runFor(600_000);
    expect([seen.cut, seen.faults]).toEqual([[], []]);
    expect(seen.notes).toEqual([expect.stringContaining('no room')]);
    store.capacity = Number.POSITIVE_INFINITY;
    await sim.runFor(10_000);
    expect([seen.cut, under.released]).toEqual([[5], 1]);
  });

  it('keeps what it has put, however long it takes', async () => {
    const { sim, captured, take, seen } = bench({ bytesPerSecond: 16 * 1024 });
    take(captured(5, 4 * MIB));
    await sim.runFor(600_000);
    expect([seen.cut, seen.gaveUp]).toEqual([[5], []]);
  });

  it('stops the node if the disk has failed', async () => {
    const { sim, store, captured, take, seen, under } = bench();
    take(captured(5, 4 * MIB));
    await sim.runFor(10);
    store.fail();
    await sim.runFor(1_000);
    expect([seen.faults, under.released]).toEqual([['STORAGE_FAILED'], 1]);
  });

  it('begins again if its parts were collected, as they are when a process was suspended for long', async () => {
    const { sim, store, captured, take, seen } = bench({ bytesPerSecond: MIB });
    take(captured(5, 4 * MIB));
    await sim.runFor(2_000);
    expect(store.data.parts.size).toBeGreaterThan(0);
    store.data.parts.clear();
    await sim.runFor(10_000);
    expect(seen.cut).toEqual([5]);
    expect(store.manifests()).toHaveLength(1);
  });

  it('leaves a checkpoint alone that is agreed on and was installed meanwhile', async () => {
    const { sim, store, captured, take, seen } = bench();
    take(captured(4, 1024));
    await sim.runFor(100);
    const [other] = store.manifests();
    if (other === undefined) throw new Error('nothing was cut');
    const installed = { ...other, anchor: at(5), agreed: true };
    store.commit(installed, () => {});
    take(captured(5, MIB));
    await sim.runFor(1_000);
    expect(seen.cut).toEqual([4, 5]);
    expect(store.manifests()).toEqual([other, installed]);
  });

  it('gives up a state that cannot be read, and nothing else', async () => {
    const { sim, captured, take, seen, under } = bench();
    const bad = captured(5, 1024);
    const items = (): never => {
      throw new Error('no items today');
    };
    const sections = new Map([['machine', { length: 1, items }]]);
    take({ ...bad, checkpoint: { ...bad.checkpoint, sections } });
    await sim.runFor(100);
    expect(seen.gaveUp).toEqual([expect.stringContaining('no items today')]);
    expect([seen.faults, under.released]).toEqual([[], 1]);
    take(captured(6, 1024));
    await sim.runFor(100);
    expect(seen.cut).toEqual([6]);
  });
});
