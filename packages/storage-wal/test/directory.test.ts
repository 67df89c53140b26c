import { type DiskFile, type LogStore, SmaltiError, toPeerId } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { openWal } from '../src/index.ts';
import { entries, GROUP, hard, NODE, show, World } from './world.ts';

describe('a directory', () => {
  it('of another node is refused, with both names, and is not touched (H35)', () => {
    const world = new World();
    world.wait<void>((done) => world.open().close(done));
    const before = world.node.disk.paths().map((path) => [path, world.node.disk.contents(path)]);
    const error = world.waitError(world.opening(toPeerId('n7')));
    expect(error.code).toBe('STORAGE_FOREIGN');
    expect(error.message).toContain('belongs to node n1, and this is node n7');
    expect(world.node.disk.paths().map((path) => [path, world.node.disk.contents(path)])).toEqual(before);
  });

  it('whose groups are not wanted is refused by whoever opens it, and is not touched (H35)', () => {
    const world = new World();
    const store = world.open();
    world.write(world.openLog(store), { entries: entries(1, 2), hardState: hard(1) });
    world.wait<void>((done) => store.close(done));
    const before = world.node.disk.paths().map((path) => [path, world.node.disk.contents(path)]);
    const accept = (groups: readonly string[]): void => {
      throw new SmaltiError('STORAGE_FOREIGN', `holds ${groups.join()}`);
    };
    const error = world.waitError<LogStore | null>((done) =>
      openWal({ ...world.node.ports, node: NODE, options: world.options, accept }, done),
    );
    expect(error).toMatchObject({ code: 'STORAGE_FOREIGN', message: `holds ${GROUP}` });
    expect(world.node.disk.paths().map((path) => [path, world.node.disk.contents(path)])).toEqual(before);
    expect(world.openLog(world.open()).last.index).toBe(2);
  });

  it('that holds something else is refused, and is not touched (H35)', () => {
    const world = new World();
    world.wait<DiskFile>((done) => world.node.ports.disk.open('photo.jpg', 'create', done as never));
    const error = world.waitError(world.opening());
    expect(error.code).toBe('STORAGE_FOREIGN');
    expect(error.message).toContain('photo.jpg');
    expect(world.node.disk.paths()).toEqual(['photo.jpg']);
  });

  it('that is in use is refused (H35)', () => {
    const world = new World();
    world.open();
    const error = world.waitError(world.opening());
    expect(error.code).toBe('STORAGE_LOCKED');
    expect(error.message).toContain('Two nodes cannot share a directory');
  });

  it('of another format is refused, and one with a damaged identity (H35)', () => {
    for (const [text, code] of [
      ['smalti wal 2\n', 'STORAGE_VERSION'],
      ['smalti wal 1\nnode n1\n', 'STORAGE_CORRUPT'],
    ] as const) {
      const world = new World();
      const { disk, hasher } = world.node.ports;
      const sum = hasher.crc32(new TextEncoder().encode(text)).toString(16).padStart(8, '0');
      const bytes = new TextEncoder().encode(`${text}crc ${sum}\n`);
      const file = world.wait<DiskFile>((done) => disk.open('identity', 'create', done as never));
      world.wait<void>((done) => file.writeAndSync(0, bytes, done as never));
      expect(world.waitError(world.opening()).code).toBe(code);
      expect(world.node.disk.paths()).toEqual(['identity']);
    }
  });

  it('that cannot be read is refused with the reason', () => {
    const world = new World();
    world.node.disk.fail({ kind: 'list', code: 'denied' });
    expect(world.waitError(world.opening()).code).toBe('STORAGE_ACCESS');
  });

  it('keeps its incarnation, and a new one has another', () => {
    const world = new World();
    const { incarnation } = world.open().identity;
    expect(world.reopen().identity.incarnation).toBe(incarnation);
    expect(new World(2).open().identity.incarnation).not.toBe(incarnation);
  });
});

describe('a full disk', () => {
  it('refuses writes as a whole, lets others prune, and goes on when there is room (H23, H32)', () => {
    const world = new World();
    const log = world.openLog(world.open());
    world.write(log, { entries: entries(1, 2), hardState: hard(1) });
    world.sim.runSync(world.sim.now + 100);
    world.node.disk.capacity = world.node.disk.used;
    let last = 2;
    let refused = null;
    while (refused === null) {
      refused = world.waitTold<void>((done) =>
        log.write({ entries: entries(last + 1, last + 3, 1, 500) }, done),
      ).error;
      if (refused === null) last += 3;
    }
    expect(refused).toMatchObject({ code: 'STORAGE_FULL', retryable: true });
    expect(log.last.index).toBe(last);
    const results: string[] = [];
    log.write({ entries: entries(last + 1, last + 9, 2, 500) }, (error) => results.push(error?.code ?? 'ok'));
    log.write({ entries: entries(last + 10, last + 10, 2) }, (error) => results.push(error?.code ?? 'ok'));
    world.sim.runSync(world.sim.now + 100);
    expect(results).toEqual(['STORAGE_FULL', 'STORAGE_FULL']);
    expect(show(world.read(log)).length).toBe(last);
    expect(world.waitError<void>((done) => log.probe(9000, done)).code).toBe('STORAGE_FULL');
    world.wait<void>((done) => log.prunePrefix((last - 1) as never, done));
    world.sim.runSync(world.sim.now + 100);
    world.wait<void>((done) => log.probe(2000, done));
    world.write(log, { entries: entries(last + 1, last + 3, 2, 500) });
    const again = world.openLog(world.reopen());
    expect([again.base.index, again.last.index]).toEqual([last - 1, last + 3]);
  });

  it('may show in the middle of a write: what is there is left behind (H23)', () => {
    const world = new World();
    let log = world.openLog(world.open());
    world.write(log, { entries: entries(1, 2) });
    world.node.disk.fail({ kind: 'write', code: 'full' });
    const error = world.waitError<void>((done) => log.write({ entries: entries(3, 20, 1, 200) }, done));
    expect(error.code).toBe('STORAGE_FULL');
    world.write(log, { entries: entries(3, 6, 2) });
    log = world.openLog(world.reopen());
    expect(show(world.read(log))).toEqual(['1:1', '2:1', '3:2', '4:2', '5:2', '6:2']);
    expect(log.hardState.doubt).toBe(false);
  });
});

describe('a disk that fails', () => {
  it.each(['write', 'sync'] as const)('stops the store for good: %s (H23)', (kind) => {
    const world = new World();
    const store = world.open();
    const log = world.openLog(store);
    const told: string[] = [];
    store.onFault((error) => told.push(`fault ${error.code}`));
    world.sim.runSync(world.sim.now + 100);
    world.node.disk.fail({ kind });
    log.write({ entries: entries(1, 2) }, (error) => told.push(`write ${error?.code}`));
    world.sim.runSync(world.sim.now + 100);
    expect(told).toEqual(['write STORAGE_FAILED', 'fault STORAGE_FAILED']);
    expect(world.waitError<void>((done) => log.write({}, done)).code).toBe('STORAGE_FAILED');
    world.wait<void>((done) => store.close(done));
  });
});

it('checks its options', () => {
  const world = new World();
  const open = openWal.bind(null, {
    ...world.node.ports,
    node: toPeerId('n1'),
    options: { segmentBytes: 1 },
  });
  expect(world.waitError((done) => open(done)).code).toBe('BAD_OPTION');
});
