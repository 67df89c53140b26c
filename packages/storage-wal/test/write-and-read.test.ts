import type { Index, SmaltiError } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import {
  configuration,
  cursor,
  entries,
  GROUP,
  hard,
  OTHER_GROUP,
  show,
  showCursor,
  VOTE,
  World,
} from './world.ts';

describe('a log', () => {
  it('gives what was written, before it is durable, after, and after a crash', () => {
    const world = new World();
    const store = world.open();
    let log = world.openLog(store);
    let durable = false;
    log.write({ entries: entries(1, 5), hardState: hard(1, VOTE, 2) }, () => {
      durable = true;
    });
    expect(show(world.read(log))).toEqual(['1:1', '2:1', '3:1', '4:1', '5:1']);
    expect(durable).toBe(false);
    world.write(log, {});
    expect(durable).toBe(true);
    expect(show(world.read(log, 2, 4))).toEqual(['2:1', '3:1', '4:1']);
    log = world.openLog(world.reopen());
    expect(show(world.read(log))).toEqual(['1:1', '2:1', '3:1', '4:1', '5:1']);
    expect(log.hardState).toEqual(hard(1, VOTE, 2));
  });

  it('goes on over many segments, with several groups, and after many restarts', () => {
    const world = new World();
    let store = world.open();
    let [a, b] = [world.openLog(store), world.openLog(store, OTHER_GROUP)];
    for (let i = 0; i < 60; i++) {
      a.write({ entries: entries(i * 5 + 1, i * 5 + 5, 1, 50) }, () => {});
      world.write(b, { entries: entries(i * 2 + 1, i * 2 + 2, 2, 300), hardState: hard(2, null, i * 2 + 1) });
      if (i % 13 === 12) {
        store = world.reopen(i % 2 === 0 ? 'kill' : 'crash');
        [a, b] = [world.openLog(store), world.openLog(store, OTHER_GROUP)];
      }
    }
    expect(show(world.read(a)).length).toBe(300);
    expect(show(world.read(b)).length).toBe(120);
    expect(b.hardState).toEqual(hard(2, null, 119));
    expect([...store.groups].sort()).toEqual([GROUP, OTHER_GROUP]);
  });

  it('reads as many entries as fit, and at least one', () => {
    const world = new World();
    const log = world.openLog(world.open());
    world.write(log, { entries: entries(1, 6, 1, 64) });
    log.write({ entries: entries(7, 12, 1, 64) }, () => {});
    expect(show(world.read(log, 1, 12, 1))).toEqual(['1:1']);
    expect(show(world.read(log, 5, 12, 350))).toEqual(['5:1', '6:1', '7:1']);
    expect(show(world.read(log, 7, 12, 200))).toEqual(['7:1', '8:1']);
    expect(show(world.read(log, 13, 20))).toEqual([]);
  });

  it('replaces a tail, and a write that was cut meanwhile leaves nothing (H38, H45)', () => {
    const world = new World();
    let log = world.openLog(world.open());
    world.write(log, { entries: entries(1, 4) });
    log.write({ entries: entries(5, 9) }, () => {});
    log.write({ truncateFrom: 7 as Index, entries: entries(7, 8, 2) }, () => {});
    log.write({ truncateFrom: 3 as Index, entries: entries(3, 3, 3) }, () => {});
    log.write({ entries: entries(4, 6, 3) }, () => {});
    const wanted = ['1:1', '2:1', '3:3', '4:3', '5:3', '6:3'];
    expect(show(world.read(log))).toEqual(wanted);
    expect(log.terms).toEqual([
      { first: 1, term: 1 },
      { first: 3, term: 3 },
    ]);
    world.write(log, {});
    expect(show(world.read(log))).toEqual(wanted);
    log = world.openLog(world.reopen());
    expect(show(world.read(log))).toEqual(wanted);
    expect(log.termAt(2 as Index)).toBe(1);
    expect(log.termAt(4 as Index)).toBe(3);
    expect(log.termAt(7 as Index)).toBeUndefined();
  });

  it('prunes, keeps the configuration in force, and gives back the space', () => {
    const world = new World();
    let log = world.openLog(world.open());
    world.write(log, { entries: [configuration(1), ...entries(2, 10, 1, 400)] });
    for (let i = 0; i < 20; i++) {
      world.write(log, { entries: entries(log.last.index + 1, log.last.index + 10, 1, 400) });
    }
    const files = world.node.disk.paths().length;
    world.wait<void>((done) => log.prunePrefix(200 as Index, done));
    world.sim.runSync(world.sim.now + 100);
    expect(world.node.disk.paths().length).toBeLessThan(files);
    expect(log.configurations.map(({ index }) => index)).toEqual([1]);
    log = world.openLog(world.reopen());
    expect(showCursor(log.base)).toBe('200:1');
    expect(log.configurations.map(({ index }) => index)).toEqual([1]);
    expect(show(world.read(log)).length).toBe(10);
    expect(log.bytes).toBe(10 * 436);
  });

  it('keeps of a configuration no more than its own bytes, also if it came in a Buffer', () => {
    const world = new World();
    const log = world.openLog(world.open());
    const entry = configuration(1);
    const batch = Buffer.alloc(100_000);
    batch.set(entry.frame, 500);
    const frame = batch.subarray(500, 500 + entry.frame.length);
    world.write(log, { entries: [{ ...entry, frame }] });
    const [kept] = log.configurations;
    expect(kept?.frame.buffer.byteLength).toBe(frame.length);
    expect([...(kept?.frame ?? [])]).toEqual([...frame]);
  });

  it('keeps what follows a matching cursor when it is reset, and nothing otherwise (H36)', () => {
    const world = new World();
    let log = world.openLog(world.open());
    world.write(log, { entries: entries(1, 100) });
    world.wait<void>((done) => log.resetTo(cursor(1, 90), hard(1, null, 90), configuration(80), done));
    log = world.openLog(world.reopen());
    expect(show(world.read(log))).toEqual(Array.from({ length: 10 }, (_, i) => `${i + 91}:1`));
    expect(log.configurations.map(({ index }) => index)).toEqual([80]);
    world.wait<void>((done) => log.resetTo(cursor(2, 95), hard(3, null, 95), configuration(94, 2), done));
    log = world.openLog(world.reopen());
    expect([showCursor(log.base), showCursor(log.last), log.bytes]).toEqual(['95:2', '95:2', 0]);
    world.write(log, { entries: entries(96, 97, 3) });
    log = world.openLog(world.reopen());
    expect(show(world.read(log))).toEqual(['96:3', '97:3']);
    expect(log.configurations.map(({ index }) => index)).toEqual([94]);
    expect(log.hardState).toEqual(hard(3, null, 95));
  });

  it('writes again what a quiet group needs, so that old segments can go (H39)', () => {
    const world = new World();
    let store = world.open();
    let quiet = world.openLog(store, OTHER_GROUP);
    let busy = world.openLog(store);
    world.write(quiet, { entries: entries(1, 8, 1, 100), hardState: hard(4, VOTE, 3) });
    for (let i = 0; i < 200; i++) {
      world.write(busy, { entries: entries(i * 4 + 1, i * 4 + 4, 1, 400) });
      if (i % 10 === 9) world.wait<void>((done) => busy.prunePrefix((i * 4) as Index, done));
    }
    expect(world.node.disk.paths().length).toBeLessThan(20);
    expect(world.node.disk.paths()).not.toContain('wal-0000000001.log');
    expect(show(world.read(quiet)).length).toBe(8);
    store = world.reopen();
    quiet = world.openLog(store, OTHER_GROUP);
    busy = world.openLog(store);
    expect(show(world.read(quiet)).length).toBe(8);
    expect(quiet.hardState).toEqual(hard(4, VOTE, 3));
    expect(busy.last.index).toBe(800);
  });

  it('takes a write that is larger than a segment, and writes that are larger than a batch', () => {
    const world = new World(1, { segmentBytes: 8192, maxBatchBytes: 4096 });
    let log = world.openLog(world.open());
    log.write({ entries: entries(1, 1, 1, 50_000) }, () => {});
    for (let i = 2; i < 40; i++) log.write({ entries: entries(i, i, 1, 3000) }, () => {});
    world.write(log, {});
    log = world.openLog(world.reopen());
    expect(show(world.read(log)).length).toBe(39);
  });

  it('stores one batch for all that was submitted together', () => {
    const world = new World();
    const store = world.open();
    const logs = [world.openLog(store), world.openLog(store, OTHER_GROUP)];
    let syncs = 0;
    world.sim.runSync(world.sim.now + 100);
    world.node.disk.onOperation(({ kind }, stage) => {
      if (kind === 'sync' && stage === 'submitted') syncs += 1;
    });
    for (let i = 1; i <= 10; i++) for (const log of logs) log.write({ entries: entries(i, i) }, () => {});
    for (const log of logs) world.write(log, {});
    expect(syncs).toBe(1);
  });

  it('tells after close that it is closed, and completes what was submitted before', () => {
    const world = new World();
    const store = world.open();
    const log = world.openLog(store);
    const order: string[] = [];
    log.write({ entries: entries(1, 3) }, (error) => order.push(`write ${error?.code ?? 'ok'}`));
    store.close(() => order.push('closed'));
    log.write({ entries: entries(4, 4) }, (error) => order.push(`late ${(error as SmaltiError).code}`));
    world.sim.runSync(world.sim.now + 1000);
    expect(order.sort()).toEqual(['closed', 'late STORAGE_CLOSED', 'write ok']);
    expect(show(world.read(world.openLog(world.open()))).length).toBe(3);
  });
});
