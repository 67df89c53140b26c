import type { Entry, GroupLog, HardState, SmaltiError } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { interruptOpening, type Opened, openCopy } from './image.ts';
import {
  configuration,
  entries,
  GROUP,
  hard,
  OTHER_GROUP,
  OTHER_VOTE,
  show,
  Told,
  VOTE,
  World,
} from './world.ts';

const SECTOR = 512;
/**
 * Flips every byte of all segments, which takes minutes: before the last batch any one of them is refused in the same
 * way, and well behind it none is looked at.
 */
const THOROUGH = process.env.SMALTI_THOROUGH === '1';

/** How far the next byte that is flipped is from that one. */
function strideAt(path: string, offset: number, last: { path: string; from: number; to: number }): number {
  const near = path === last.path && offset >= last.from - SECTOR && offset < last.to + 2 * SECTOR;
  return THOROUGH || near || !path.startsWith('wal-') ? 1 : 23;
}

/** A directory with a few batches, the last of which is in the last segment and several sectors long. */
function scripted(): { world: World; before: string[]; all: string[] } {
  const world = new World();
  const store = world.open();
  const a = world.openLog(store);
  const b = world.openLog(store, OTHER_GROUP);
  world.write(a, { entries: [configuration(1), ...entries(2, 4)], hardState: hard(1, VOTE, 1) });
  world.write(b, { entries: entries(1, 3), hardState: hard(5, VOTE) });
  for (let i = 0; i < 3; i++) world.write(a, { entries: entries(5 + i * 5, 9 + i * 5, 1, 700) });
  world.write(a, {
    truncateFrom: 18 as never,
    entries: entries(18, 20, 2),
    hardState: hard(2, OTHER_VOTE, 17),
  });
  const before = show(world.read(a));
  world.write(a, { entries: entries(21, 25, 2, 300) });
  const all = show(world.read(a));
  world.sim.runSync(world.sim.now + 1000);
  return { world, before, all };
}

/** The last segment that is begun, and where its last batch lies. */
function lastBatch(world: World): { path: string; from: number; to: number } {
  const paths = world.node.disk.paths().filter((path) => path.startsWith('wal-'));
  const path = paths.findLast((name) => world.node.disk.contents(name).some((byte) => byte !== 0)) ?? '';
  const bytes = world.node.disk.contents(path);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [from, to] = [0, 0];
  for (let at = 0; at < bytes.length && view.getUint32(at + 4, true) !== 0; at += SECTOR) {
    if (view.getUint32(at + 4, true) === 0x8000_0000) from = at;
    to = at + SECTOR;
  }
  return { path, from, to };
}

interface Found {
  readonly entries: string[];
  readonly hardState: HardState;
  readonly other: HardState;
}

/** What is in a store that could be opened. */
function look(opened: Opened): Found | SmaltiError {
  if ('error' in opened) return opened.error;
  const { store, sim } = opened;
  const wait = <T>(submit: (done: Told<T>['done']) => void): T => {
    const told = new Told<T>();
    submit(told.done);
    sim.runUntilSync(() => told.settled, 600_000);
    if (told.error !== null) throw told.error;
    return told.value as T;
  };
  const a = wait<GroupLog>((done) => store.openGroup(GROUP, done));
  const b = wait<GroupLog>((done) => store.openGroup(OTHER_GROUP, done));
  const read = wait<readonly Entry[]>((done) => a.read(1 as never, a.last.index, 1e9, done));
  wait<void>((done) => a.write({ entries: entries(a.last.index + 1, a.last.index + 1, 9) }, done));
  return { entries: show(read), hardState: a.hardState, other: b.hardState };
}

function isError(found: Found | SmaltiError): found is SmaltiError {
  return 'code' in found;
}

function checkRefusal(error: SmaltiError, path: string): void {
  expect(error.code).toBe('STORAGE_CORRUPT');
  expect(error.message).toContain(path.startsWith('wal-') ? '.log, byte ' : path);
  expect(error.message).toContain('joins again as a new incarnation');
  expect(error.details).toMatchObject({ file: expect.any(String), offset: expect.any(Number) });
}

describe('a damaged directory', () => {
  it('is opened with nothing lost but the last batch, and that in doubt, or is refused: each byte flipped (H42)', () => {
    const { world, before, all } = scripted();
    const last = lastBatch(world);
    const outcomes = { whole: 0, doubt: 0, refused: 0 };
    for (const path of world.node.disk.paths()) {
      const { length } = world.node.disk.contents(path);
      for (let offset = 0; offset < length; offset += strideAt(path, offset, last)) {
        // The two slots of the second file are mostly room for more groups.
        if (path === 'hard-state' && offset % (length / 2) >= 400) continue;
        const found = look(
          openCopy(world.node.disk, (copy) => copy.corrupt(path, offset, 1 << (offset % 8))),
        );
        if (isError(found)) {
          outcomes.refused += 1;
          checkRefusal(found, path);
          const inLast = path === last.path && offset >= last.from && offset < last.to;
          expect(inLast, `${path} ${offset} is refused`).toBe(false);
          continue;
        }
        // Whatever was damaged: no vote is taken back.
        expect([found.hardState.term, found.hardState.vote]).toEqual([2, OTHER_VOTE]);
        expect([found.other.term, found.other.vote]).toEqual([5, VOTE]);
        if (found.hardState.doubt) {
          outcomes.doubt += 1;
          // Behind the last batch, a damaged sector looks like all that is left of one more.
          expect(path === last.path && offset >= last.from && offset < last.to + SECTOR).toBe(true);
          expect(found.entries).toEqual(offset < last.to ? before : all);
        } else {
          outcomes.whole += 1;
          expect(found.entries).toEqual(all);
        }
      }
    }
    expect(outcomes.doubt).toBe(last.to + SECTOR - last.from);
    expect(outcomes.refused).toBeGreaterThan(500);
  }, 180_000);

  it('is opened without its last batch if that was never written whole: cut at each byte (H42)', () => {
    const { world, before, all } = scripted();
    const last = lastBatch(world);
    const bytes = world.node.disk.contents(last.path);
    for (let cut = last.from; cut <= last.to; cut++) {
      const found = look(
        openCopy(world.node.disk, (copy) => {
          for (let at = cut; at < last.to; at++) {
            const byte = bytes[at] ?? 0;
            if (byte !== 0) copy.corrupt(last.path, at, byte);
          }
        }),
      );
      if (isError(found)) throw found;
      const whole = bytes.subarray(cut, last.to).every((byte) => byte === 0);
      expect(found.entries).toEqual(whole ? all : before);
      // Within the last sector nothing tells a torn write from damage; within the first, nothing tells how long the
      // batch is, and whose.
      const inFirst = cut > last.from && cut < last.from + SECTOR;
      expect(found.hardState.doubt).toBe(!whole && (inFirst || cut > last.to - SECTOR));
      expect(found.other.doubt).toBe(inFirst);
    }
  }, 180_000);

  it('is opened without its last batch, whichever of its sectors were never written (H42)', () => {
    const { world, before, all } = scripted();
    const last = lastBatch(world);
    const bytes = world.node.disk.contents(last.path);
    const count = (last.to - last.from) / SECTOR;
    for (let lost = 0; lost < 2 ** count; lost++) {
      const found = look(
        openCopy(world.node.disk, (copy) => {
          for (let i = 0; i < count; i++) {
            if ((lost & (1 << i)) === 0) continue;
            for (let at = last.from + i * SECTOR; at < last.from + (i + 1) * SECTOR; at++) {
              if (bytes[at] !== 0) copy.corrupt(last.path, at, bytes[at]);
            }
          }
        }),
      );
      if (isError(found)) throw found;
      expect(found.entries).toEqual(lost === 0 ? all : before);
      expect(found.hardState.doubt).toBe(false);
    }
  });

  it('keeps its doubt over restarts until the engine ends it (H42)', () => {
    const { world, before } = scripted();
    const last = lastBatch(world);
    world.node.kill();
    world.node.disk.corrupt(last.path, last.to - 600);
    world.node.restart();
    let log = world.openLog(world.open());
    for (let i = 0; i < 3; i++) {
      expect(log.hardState).toEqual({ ...hard(2, OTHER_VOTE, 17), doubt: true });
      expect(show(world.read(log)).slice(0, before.length)).toEqual(before);
      world.write(log, { entries: entries(log.last.index + 1, log.last.index + 2, 3) });
      log = world.openLog(world.reopen());
    }
    world.write(log, { hardState: hard(3, null, 17) });
    log = world.openLog(world.reopen());
    expect(log.hardState).toEqual(hard(3, null, 17));
  });

  it('finishes a cut that the power interrupted, at every operation (H42)', () => {
    const { world, before } = scripted();
    const last = lastBatch(world);
    world.node.kill();
    world.node.disk.corrupt(last.path, last.to - 600);
    let stops = 0;
    for (const keep of ['everything', 'nothing'] as const) {
      for (let stop = 1; ; stop++) {
        const once = interruptOpening(world.node.disk, stop, { keep });
        if (once === null) break;
        stops += 1;
        for (const again of [once, interruptOpening(once, stop + 1, { keep }) ?? once]) {
          const found = look(openCopy(again, () => {}));
          if (isError(found)) throw found;
          expect(found.entries).toEqual(before);
          expect(found.hardState).toEqual({ ...hard(2, OTHER_VOTE, 17), doubt: true });
        }
      }
    }
    expect(stops).toBeGreaterThan(40);
  });

  it('is refused if a file is missing, and says which', () => {
    const { world } = scripted();
    for (const path of world.node.disk.paths()) {
      const found = look(
        openCopy(world.node.disk, (copy) => {
          copy.unlink(path, () => {});
        }),
      );
      if (isError(found)) expect(found.code).toBe('STORAGE_CORRUPT');
      else expect(['lock', world.node.disk.paths().at(-1)]).toContain(path);
    }
  });

  it('tells damage that is only found when it is read, and stops (H23)', () => {
    const { world } = scripted();
    const store = world.reopen('kill');
    const log = world.openLog(store);
    let fault: SmaltiError | null = null;
    store.onFault((error) => {
      fault = error;
    });
    world.node.disk.corrupt('wal-0000000001.log', 3 * SECTOR + 100);
    const error = world.waitError((done) => log.read(1 as never, 17 as never, 1e9, done));
    expect(error.code).toBe('STORAGE_CORRUPT');
    expect(error.message).toMatch(/wal-0000000001.log, byte \d+/);
    expect(fault).toBe(error);
    expect(world.waitError<void>((done) => log.write({}, done)).code).toBe('STORAGE_CORRUPT');
  });
});
