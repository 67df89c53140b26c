import type { GroupId, GroupLog, LogStore, SmaltiError } from '@smalti/core';
import { toGroupId } from '@smalti/core';
import { SimRandom } from '@smalti/simulator';
import { describe, expect, it } from 'vitest';
import { interruptOpening, openCopy } from './image.ts';
import { configuration, entries, GROUP, hard, Told, VOTE, World } from './world.ts';

function groupNumber(number: number): GroupId {
  return toGroupId(number.toString(16).padStart(64, '0'));
}

/** Steps until nothing happens any more; fails if that never comes. */
function settle(world: World, limit: number): void {
  const before = world.node.disk.operations;
  while (world.sim.step())
    if (world.node.disk.operations - before > limit) throw new Error('the store never comes to rest');
}

describe('a start', () => {
  it('after a kill within the second file survives a loss of power: at each operation (H5)', () => {
    const world = new World();
    const store = world.open();
    const logs: GroupLog[] = [];
    for (let i = 0; i < 24; i++) logs.push(world.openLog(store, groupNumber(i)));
    for (const log of logs) world.write(log, { hardState: hard(1, VOTE) });
    const end = world.node.disk.onOperation((operation, stage) => {
      // The slot is in the page cache, and was not synced.
      if (operation.kind === 'write' && operation.path === 'hard-state' && stage === 'applied')
        world.node.kill();
    });
    for (const log of logs) log.write({ hardState: hard(2) }, () => {});
    while (world.node.running && world.sim.step());
    end();
    for (let stop = 1; stop < 40; stop++) {
      for (let seed = 0; seed < 4; seed++) {
        const left = interruptOpening(world.node.disk, stop, { random: new SimRandom(`${stop} ${seed}`) });
        if (left === null) continue;
        const opened = openCopy(left, () => {});
        if ('error' in opened) throw opened.error;
        expect(opened.store.groups.length).toBe(24);
      }
    }
  });

  it('after a kill within a batch, and a loss of power, has no doubt about what was never synced (H42)', () => {
    const world = new World();
    const log = world.openLog(world.open());
    world.write(log, { entries: entries(1, 3), hardState: hard(1, VOTE) });
    const end = world.node.disk.onOperation((operation, stage) => {
      if (operation.kind === 'write' && stage === 'applied') world.node.kill();
    });
    log.write({ entries: entries(4, 6) }, () => {});
    while (world.node.running && world.sim.step());
    end();
    for (let stop = 1; ; stop++) {
      const left = interruptOpening(world.node.disk, stop, { keep: 'nothing' });
      if (left === null) break;
      const opened = openCopy(left, () => {});
      if ('error' in opened) throw opened.error;
      const told = new Told<GroupLog>();
      opened.store.openGroup(GROUP, told.done);
      opened.sim.runUntilSync(() => told.settled, 600_000);
      expect(told.value?.hardState, `stopped before operation ${stop}`).toEqual(hard(1, VOTE));
    }
  });

  it('that is refused leaves no file open, and can be tried again', () => {
    const world = new World();
    const store = world.open();
    world.write(world.openLog(store), { entries: entries(1, 5, 1, 700) });
    world.wait<void>((done) => store.close(done));
    let open = 0;
    const { disk } = world.node.ports;
    const original = disk.open.bind(disk);
    disk.open = (path, mode, done) =>
      original(path, mode, (error, file) => {
        if (error === null) {
          open += 1;
          const close = file.close.bind(file);
          file.close = (told) => {
            close((fault) => {
              if (fault === null) open -= 1;
              told(fault);
            });
          };
        }
        done(error, file);
      });
    world.node.disk.corrupt('wal-0000000001.log', 700);
    expect(world.waitError(world.opening()).code).toBe('STORAGE_CORRUPT');
    expect(open).toBe(0);
    world.node.disk.corrupt('wal-0000000001.log', 700);
    expect(world.openLog(world.open()).last.index).toBe(5);
  });
});

describe('a store', () => {
  it('comes to rest when the heads of its segments are larger than what is in them', () => {
    const world = new World();
    const store = world.open();
    const log = world.openLog(store);
    for (let i = 1; i <= 400; i++) world.write(log, { entries: [configuration(i)] });
    for (let i = 401; i <= 420; i++) world.write(log, { entries: entries(i, i, 1, 3000) });
    settle(world, 1000);
    expect(world.read(log).length).toBe(420);
  });

  it('holds no more groups than it has room for, if all are opened at once', () => {
    const world = new World(1, { segmentBytes: 1024 * 1024 });
    const store = world.open();
    const errors: (SmaltiError | null)[] = [];
    for (let i = 0; i < 2056; i++) store.openGroup(groupNumber(i), (error) => errors.push(error));
    world.sim.runUntilSync(() => errors.length === 2056, 600_000);
    expect(errors.filter((error) => error === null).length).toBe(2048);
    expect(store.groups.length).toBe(2048);
    expect(world.reopen().groups.length).toBe(2048);
  });

  it('tells what was under way before what was submitted after it, when a read finds damage (H23)', () => {
    const world = new World();
    const store = world.open();
    const log = world.openLog(store);
    for (let i = 1; i <= 10; i++) world.write(log, { entries: entries(i, i, 1, 700) });
    world.node.disk.corrupt('wal-0000000001.log', 3 * 512 + 100);
    world.node.disk.hangSyncs();
    const told: string[] = [];
    const note = (name: string) => (error: SmaltiError | null) => {
      told.push(`${name} ${error?.code ?? 'done'}`);
    };
    log.write({ entries: entries(11, 11) }, note('first'));
    world.sim.runSync(world.sim.now + 10);
    log.write({ entries: entries(12, 12) }, note('second'));
    expect(world.waitError((done) => log.read(1 as never, 3 as never, 1e9, done)).code).toBe(
      'STORAGE_CORRUPT',
    );
    log.write({}, note('third'));
    world.sim.runSync(world.sim.now + 10);
    expect(told).toEqual([]);
    world.node.disk.releaseSyncs();
    world.sim.runUntilSync(() => told.length === 3, 1000);
    expect(told).toEqual(['first done', 'second STORAGE_CORRUPT', 'third STORAGE_CORRUPT']);
  });

  it('that is closed while it is asked for room says that it is closed, and has no fault', () => {
    const world = new World();
    const store: LogStore = world.open();
    const log = world.openLog(store);
    const faults: SmaltiError[] = [];
    store.onFault((error) => faults.push(error));
    const probed = new Told<void>();
    log.probe(100_000, probed.done);
    world.wait<void>((done) => store.close(done));
    world.sim.runUntilSync(() => probed.settled, 1000);
    expect(probed.error?.code ?? 'STORAGE_CLOSED').toBe('STORAGE_CLOSED');
    expect(faults).toEqual([]);
  });
});
