import { type PartName, SmaltiError, toPeerId } from '@smalti/core';
import { makeLog, TIMING } from '@smalti/sync-bench';
import { describe, expect, it } from 'vitest';
import type { SnapshotSyncMessage } from '../src/index.ts';
import { Bench, type BenchOptions } from './bench.ts';
import { type Checkpoint, checkpointAt } from './checkpoint-at.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const SOURCE = makeLog(1_000);
const CHECKPOINT = checkpointAt(SOURCE[499], 15_000);
const DONE = { done: { index: 1_000, term: 1 } };

function bench(options: Partial<BenchOptions> = {}): Bench {
  return new Bench({ source: SOURCE, checkpoints: [CHECKPOINT], ...options });
}

/** Changes the parts of each answer. */
function parts(change: (parts: readonly Uint8Array[]) => readonly Uint8Array[]) {
  return (m: SnapshotSyncMessage): SnapshotSyncMessage =>
    m.type === 'parts' ? { ...m, parts: change(m.parts) } : m;
}

/** Everything in the joiner's store is what its name says. */
function expectSound({ joiner }: Bench, ...checkpoints: readonly Checkpoint[]): void {
  const known = new Map(checkpoints.flatMap((each) => [...each.parts]));
  for (const [name, bytes] of joiner.store.data.parts) {
    expect(Buffer.compare(bytes, known.get(name) ?? new Uint8Array(0))).toBe(0);
  }
}

describe('a joiner that dies', () => {
  it('H24: has lost what was in flight, and of what has come a quarter of its window at most', () => {
    const options = { windowBytes: 256 * KIB, batchBytes: 8 * KIB, requestsPerPeer: 2 };
    const world = bench({ options });
    let sent = 0;
    for (const name of ['a', 'b', 'leader']) {
      world.add(name).lie = parts((some) => {
        sent += some.reduce((sum, { length }) => sum + length, 0);
        return some;
      });
    }
    world.joiner.putMs = 100;
    world.joiner.start();
    let most = 0;
    for (let i = 0; i < 100_000 && world.joiner.end === null; i++) {
      world.pass(1);
      most = Math.max(most, sent - world.joiner.storedBytes);
    }
    expect(world.joiner.end).toEqual(DONE);
    // An answer may be longer by a part, and what fills it up comes together.
    const inFlight = 3 * options.requestsPerPeer * (options.batchBytes + 4 * KIB);
    expect(most).toBeLessThanOrEqual(options.windowBytes / 4 + inFlight);
    expect(most).toBeGreaterThan(options.windowBytes / 8);
  });
});

describe('an older checkpoint', () => {
  it('that shares almost everything leaves almost nothing to be fetched', () => {
    const older = checkpointAt(SOURCE[299], 60_000);
    // Neighbours have changed: ten places of ten items each.
    const newer = checkpointAt(SOURCE[499], 60_000, (i) => i % 6_000 < 10);
    const world = bench({ checkpoints: [newer], own: [older], held: SOURCE.slice(0, 300) });
    for (const name of ['a', 'b', 'leader']) world.add(name);
    world.joiner.start();
    world.run();
    expect(world.joiner.end).toEqual(DONE);
    const fresh = [...newer.parts].filter(([name]) => !older.parts.has(name));
    expect(world.partBytes()).toBe(fresh.reduce((sum, [, { length }]) => sum + length, 0));
    expect(world.partBytes()).toBeLessThan(newer.bytes / 50);
    expect(world.joiner.reports.at(-1)?.partsReused).toBeGreaterThan(50);
  });

  it('that lacks a part is none, and what is left of it is used all the same', () => {
    const older = checkpointAt(SOURCE[299], 15_000);
    for (const kind of ['leaf', 'inner'] as const) {
      const world = bench({ own: [older] });
      const { parts: held } = world.joiner.store.data;
      const inner = [...held].filter(([name, bytes]) => CHECKPOINT.parts.has(name) && bytes[0] === 2);
      const leaves = [...held].filter(([name, bytes]) => CHECKPOINT.parts.has(name) && bytes[0] === 1);
      const [name] = (kind === 'inner' ? inner : leaves)[3] as [PartName, Uint8Array];
      held.delete(name);
      world.add('a');
      world.joiner.start();
      world.run();
      expect(world.joiner.end).toEqual(DONE);
      expect(world.partBytes()).toBeLessThan(30_000);
    }
  });

  it('with parts that have rotten is repaired by what an install misses', () => {
    const world = bench({ own: [CHECKPOINT] });
    const { parts: held } = world.joiner.store.data;
    const names = [...held.keys()];
    for (const place of [5, 50, 500]) {
      held.set(names[place] as PartName, new Uint8Array(7));
    }
    world.add('a');
    world.joiner.start();
    world.run();
    expect(world.joiner.end).toEqual(DONE);
    expectSound(world, CHECKPOINT);
    expect(world.partBytes()).toBeLessThan(20_000);
  });

  it('of which most has rotten is looked at from the root', () => {
    const world = bench({ own: [CHECKPOINT] });
    const { parts: held } = world.joiner.store.data;
    for (const [i, name] of [...held.keys()].entries()) if (i % 4 === 0) held.set(name, new Uint8Array(7));
    world.add('a');
    world.joiner.start();
    world.run();
    expect(world.joiner.end).toEqual(DONE);
    expectSound(world, CHECKPOINT);
    expect(world.partBytes()).toBeLessThan(CHECKPOINT.bytes / 2);
  });
});

describe('peers', () => {
  it('H15: that pause all together are asked again, ever more seldom, and then it goes on', () => {
    const world = bench();
    const providers = ['a', 'b', 'leader'].map((name) => world.add(name));
    for (const provider of providers) provider.bytesPerMs = 1_000;
    world.joiner.start();
    world.runTo(0.3);
    for (const provider of providers) {
      provider.leave();
      provider.pause();
      provider.bonded = true;
      provider.boot += 1;
    }
    world.joiner.wake();
    world.pass(60_000);
    expect(world.joiner.end).toBeNull();
    const asked = world.delivered.filter(({ at, message }) => message.type === 'ask' && at > 2_000);
    expect(asked.length).toBeGreaterThan(3 * 20);
    expect(asked.length).toBeLessThan(3 * 70);
    for (const provider of providers) provider.resume();
    world.run(3_000);
    expect(world.joiner.end).toEqual(DONE);
  });

  it('H15: that are not there at all are waited for', () => {
    const world = bench();
    world.joiner.start();
    world.run(20_000);
    expect(world.joiner.end).toBeNull();
    world.add('a');
    world.run(2_000);
    expect(world.joiner.end).toEqual(DONE);
  });

  it('H27: that are not there while one checkpoint after the other is announced are waited for', () => {
    const world = bench();
    const anchors = Array.from({ length: 40 }, (_, i) => checkpointAt(SOURCE[539 + i], 50, () => true));
    world.joiner.start();
    for (const { at, root } of anchors) {
      world.pass(2_000);
      world.anchor = { at, root };
      world.joiner.wake();
    }
    expect(world.joiner.end).toBeNull();
    world.add('a').replace(anchors.at(-1) as Checkpoint);
    world.run(5_000);
    expect(world.joiner.end).toEqual(DONE);
    expect(world.joiner.installs.map(({ at }) => at.index)).toEqual([579]);
  });

  it('H17: an offer or parts for an older session are not taken', () => {
    for (const at of [7, 12, 17, 22]) {
      const world = bench();
      world.add('a');
      world.joiner.start();
      world.pass(at);
      world.joiner.stop();
      world.joiner.start();
      const nonces = () => world.delivered.flatMap(({ message: m }) => (m.type === 'ask' ? [m.nonce] : []));
      const [old] = nonces();
      world.run();
      expect(world.joiner.end).toEqual(DONE);
      const late = world.delivered.filter(
        ({ to, message }) => to === 'joiner' && message.type !== 'entries' && message.nonce === old,
      );
      expect(late.length).toBeGreaterThan(0);
      expect(world.warnings).toEqual([]);
    }
  });

  it('H19: that send damaged, wrong, extra or empty parts are named, and asked no more', () => {
    const lies: Record<string, ReturnType<typeof parts>> = {
      damaged: parts((all) => all.map((bytes) => Uint8Array.from(bytes, (byte) => byte ^ 1))),
      'cut off': parts((all) => all.map((bytes) => bytes.subarray(0, -1))),
      'in another order': parts((all) => (all.length > 1 ? [...all].reverse() : [new Uint8Array(9)])),
      'more than asked for': parts((all) => [...all, ...all]),
      'one for all': parts((all) => all.map(() => new Uint8Array(1000))),
    };
    for (const lie of Object.values(lies)) {
      const world = bench();
      world.add('a').lie = lie;
      world.add('b');
      world.add('leader');
      world.joiner.start();
      world.run();
      expect(world.joiner.end).toEqual(DONE);
      expectSound(world, CHECKPOINT);
      expect(new Set(world.warnings.map(({ peer }) => peer))).toEqual(new Set(['a']));
      expect(world.fetches('a')).toBeLessThan(12);
    }
  });

  it('H19: that say they have nothing of it after all are named once, not believed for ever, and no liars', () => {
    const world = bench();
    const a = world.add('a');
    a.lie = parts((all) => all.map(() => new Uint8Array(0)));
    world.joiner.start();
    world.run(3_000);
    expect(world.joiner.end).toBeNull();
    a.lie = null;
    world.run(10_000);
    expect(world.joiner.end).toEqual(DONE);
    expect(world.warnings).toEqual([{ text: 'a peer does not have a part of what it offered', peer: 'a' }]);
  });

  it('H19: that offer what nobody announced are not asked for it', () => {
    const world = bench();
    const other = checkpointAt(SOURCE[499], 100);
    world.add('a', { checkpoints: [other] });
    world.add('b');
    world.joiner.start();
    world.run();
    expect(world.joiner.end).toEqual(DONE);
    expect(world.fetches('a')).toBe(0);
  });
});

describe('memory', () => {
  it('H20: no more is fetched than the window holds, while the disk is slow', () => {
    const world = bench({ options: { windowBytes: MIB, batchBytes: 32 * KIB } });
    for (const name of ['a', 'b', 'leader']) world.add(name);
    world.joiner.putMs = 2_000;
    let most = 0;
    world.joiner.onPut = () => {
      most = Math.max(most, world.partBytes() - world.joiner.storedBytes);
    };
    world.joiner.start();
    world.run(600_000);
    expect(world.joiner.end).toEqual(DONE);
    expect(most).toBeGreaterThan(32 * KIB);
    expect(most).toBeLessThanOrEqual(MIB);
    expect(world.joiner.mostPutting).toBeLessThanOrEqual(MIB);
  });

  it('H20: what is asked for at once is bounded, however many peers there are', () => {
    const world = bench({ options: { windowBytes: MIB }, conditions: { latencyMs: 50 } });
    for (const name of ['a', 'b', 'c', 'd', 'e', 'leader']) world.add(name);
    world.joiner.start();
    world.run();
    expect(world.joiner.end).toEqual(DONE);
    const open = new Map<number, number>();
    let most = 0;
    for (const { to, message } of world.delivered) {
      if (message.type === 'fetch') open.set(message.id, message.names.length);
      if (message.type === 'parts' && to === 'joiner') open.delete(message.id);
      most = Math.max(
        most,
        [...open.values()].reduce((sum, count) => sum + count, 0),
      );
    }
    // A part of 4 KiB costs what it may name as well.
    expect(most).toBeLessThanOrEqual(MIB / (4 * 4 * KIB));
  });
});

describe('checkpoints that are replaced', () => {
  const younger = checkpointAt(SOURCE[799], 15_000, (i) => i % 100 < 10);

  it('H24: while they are fetched are gone on with, and what is alike is kept', () => {
    const world = bench();
    const providers = ['a', 'b', 'leader'].map((name) => world.add(name));
    for (const provider of providers) provider.bytesPerMs = 1_000;
    world.joiner.start();
    world.runTo(0.6);
    for (const provider of providers) provider.replace(younger);
    world.anchor = { at: younger.at, root: younger.root };
    world.joiner.wake();
    world.run();
    expect(world.joiner.end).toEqual(DONE);
    expect(world.joiner.installs.map(({ at }) => at.index)).toEqual([800]);
    expectSound(world, CHECKPOINT, younger);
    const all = new Map([...CHECKPOINT.parts, ...younger.parts]);
    const different = [...all.values()].reduce((sum, { length }) => sum + length, 0);
    expect(world.partBytes()).toBeLessThan(different);
  });

  it('H24: are finished with all the same as long as somebody has them', () => {
    const world = bench();
    const [a] = ['a', 'leader'].map((name) => world.add(name));
    if (a !== undefined) a.bytesPerMs = 1_000;
    world.joiner.start();
    world.runTo(0.3);
    a?.replace(younger, 1);
    world.anchor = { at: younger.at, root: younger.root };
    world.run();
    expect(world.joiner.end).toEqual(DONE);
    expect(world.joiner.installs.map(({ at }) => at.index)).toEqual([500]);
  });

  it('H24: that cannot be installed any more are left, and what is alike is kept', () => {
    const world = bench();
    world.add('a').replace(younger, 1);
    world.joiner.oldestGood = 800;
    world.joiner.start();
    world.runTo(0.3);
    world.anchor = { at: younger.at, root: younger.root };
    world.run();
    expect(world.joiner.end).toEqual(DONE);
    expect(world.joiner.installs.map(({ at }) => at.index)).toEqual([800]);
  });

  it('H24: faster than they come end it with both rates', () => {
    const world = bench();
    const a = world.add('a');
    a.bytesPerMs = 200;
    world.joiner.start();
    let index = 500;
    const replace = (): void => {
      index += 50;
      // Nothing is alike from one to the next.
      const next = checkpointAt(SOURCE[index - 1], 15_000, () => true);
      a.replace(next);
      world.anchor = { at: next.at, root: next.root };
      world.joiner.wake();
      if (index < 1_000) world.sim.schedule(3_000, 'another checkpoint', replace);
    };
    world.sim.schedule(3_000, 'another checkpoint', replace);
    world.run(60_000);
    expect(world.joiner.end).toMatchObject({ failed: { code: 'CANNOT_SYNC' } });
    const { failed } = world.joiner.end as { failed: SmaltiError };
    expect(failed.message).toMatch(/\d+ bytes a second came, about \d+ would have been needed/);
    expect(failed.details).toMatchObject({ bytesPerSecond: expect.any(Number), moves: expect.any(Number) });
  });

  it('H20: a put that fails ends it with the reason', () => {
    const world = bench();
    world.add('a');
    world.joiner.store.capacity = 100_000;
    world.joiner.start();
    world.run();
    expect(world.joiner.end).toMatchObject({
      failed: { code: 'CANNOT_SYNC', message: expect.stringContaining('no room') },
    });
  });

  it('an install that is refused for no part is tried again, three times', () => {
    const refused = () => new SmaltiError('SYNC_REFUSED', 'planted');
    for (const times of [2, 3]) {
      const world = bench();
      world.add('a');
      world.joiner.refuseInstalls = Array.from({ length: times }, refused);
      world.joiner.start();
      world.run();
      if (times === 2) expect(world.joiner.end).toEqual(DONE);
      else
        expect(world.joiner.end).toMatchObject({ failed: { message: expect.stringContaining('planted') } });
    }
  });
});

describe('writers', () => {
  it('H28: answers are short, and paced by whoever serves', () => {
    const world = bench({ options: { servedBytesPerSecond: 256 * KIB, batchBytes: 16 * KIB } });
    world.add('a');
    world.joiner.start();
    world.run();
    expect(world.joiner.end).toEqual(DONE);
    const longest = Math.max(
      ...world.delivered.flatMap(({ message: m }) =>
        m.type === 'parts' && m.parts.length > 1
          ? [m.parts.reduce((sum, { length }) => sum + length, 0)]
          : [],
      ),
    );
    expect(longest).toBeLessThanOrEqual(16 * KIB);
    const seconds = world.sim.now / 1000;
    expect(CHECKPOINT.bytes / seconds).toBeLessThan(1.2 * 256 * KIB);
    expect(CHECKPOINT.bytes / seconds).toBeGreaterThan(0.7 * 256 * KIB);
  });

  it('H28: while the group commits, parts are fetched at a bounded rate', () => {
    const world = bench({ options: { busyBytesPerSecond: 512 * KIB }, position: 600, ceiling: 600 });
    for (const name of ['a', 'leader']) world.add(name);
    world.joiner.start();
    const commit = (): void => {
      world.joiner.ceiling = Math.min(1_000, world.joiner.ceiling + 1);
      world.joiner.wake();
      world.sim.schedule(20, 'commit', commit);
    };
    commit();
    world.run();
    expect(world.joiner.end).toHaveProperty('done');
    const last = world.delivered.findLast(({ message }) => message.type === 'parts')?.at ?? 0;
    expect(CHECKPOINT.bytes / (last / 1000)).toBeLessThan(1.3 * 512 * KIB);
  });

  it('H26: joiners write no markers, and nothing else into the log', () => {
    const world = bench();
    const a = world.add('a');
    let fed = 0;
    const cx = { ...a.cx, feedCommand: () => ++fed > 0, isLeader: () => true };
    for (let i = 0; i < 50; i++) {
      a.provider.receive({ type: 'ask', nonce: i + 1 }, toPeerId(`joiner-${i}`), cx);
      a.provider.poll?.(cx);
    }
    expect(fed).toBe(0);
    expect(TIMING.heartbeatMs).toBeGreaterThan(0);
  });
});
