import { expect, it } from 'vitest';
import { entries, hard, OTHER_VOTE, show, Told, VOTE, World } from './world.ts';

/** A process whose disk failed to sync a batch: the batch is in the page cache, and no later sync covers it. */
function afterFailedSync(): World {
  const world = new World();
  const log = world.openLog(world.open());
  world.write(log, { entries: entries(1, 3), hardState: hard(1, VOTE) });
  world.node.disk.fail({ kind: 'sync' });
  const told = world.waitTold<void>((done) =>
    log.write({ entries: entries(4, 6), hardState: hard(2, OTHER_VOTE) }, done),
  );
  expect(told.error?.code).toBe('STORAGE_FAILED');
  return world;
}

it('what a failed sync left in the page cache is on the disk before a new process builds on it (H23)', () => {
  const world = afterFailedSync();
  const log = world.openLog(world.reopen('kill'));
  const read = show(world.read(log));
  world.write(log, { entries: entries(log.last.index + 1, log.last.index + 3, 2) });
  const all = show(world.read(log));
  expect(all.slice(0, read.length)).toEqual(read);

  const after = world.openLog(world.reopen('crash'));
  expect(show(world.read(after))).toEqual(all);
  expect(after.hardState).toEqual(log.hardState);
});

it('term and vote that a failed sync left in the page cache are kept too (H5)', () => {
  const world = new World();
  const log = world.openLog(world.open());
  world.write(log, { hardState: hard(1, VOTE) });
  // The batch, and then the second file.
  world.node.disk.fail({ kind: 'sync', path: 'hard-state' });
  const told = new Told<void>();
  log.write({ hardState: hard(2, OTHER_VOTE) }, told.done);
  world.sim.runUntilSync(() => told.settled, 60_000);
  expect(told.error?.code).toBe('STORAGE_FAILED');

  const again = world.openLog(world.reopen('kill'));
  const promised = again.hardState;
  expect(world.openLog(world.reopen('crash')).hardState).toEqual(promised);
});
