import { type Anchor, cursor, SmaltiError } from '@smalti/core';
import { describe, expect, it } from 'vitest';
import { diskFull, type FakeDoor } from './support/door.ts';
import { report } from './support/report.ts';
import { FakeSnapshots, part } from './support/snapshots.ts';
import { Scripted, type SessionCx } from './support/strategy.ts';
import { codeOf, World } from './support/world.ts';

const MINUTES = 120_000;
const ANCHOR: Anchor = { at: cursor(2, 5), root: part(7) };

interface Setup {
  readonly world: World;
  readonly sync: Scripted;
  readonly store: FakeSnapshots;
  readonly cx: SessionCx;
  readonly door: FakeDoor;
}

async function setup(stallMs = 1_000): Promise<Setup> {
  const sync = new Scripted('snapshots');
  const store = new FakeSnapshots();
  const world = new World([sync], {
    stallMs,
    tune: (port) => {
      port.snapshots = store;
    },
  });
  const door = world.open();
  door.anchor = ANCHOR;
  await world.run();
  return { world, sync, store, cx: sync.cx, door };
}

function snapshots({ cx }: Setup) {
  if (cx.snapshots === null) throw new Error('this node keeps checkpoints');
  return cx.snapshots;
}

/** What a callback was told. */
function told() {
  const answers: (SmaltiError | null)[] = [];
  return { answers, done: (error: SmaltiError | null) => void answers.push(error) };
}

describe('the checkpoints of a session', () => {
  it('are none where the node keeps none', async () => {
    const sync = new Scripted('snapshots');
    const world = new World([sync]);
    world.open();
    await world.run();
    expect([sync.cx.snapshots, sync.providerCx?.snapshots]).toEqual([null, null]);
  });

  it('are not given to others by a node whose state has diverged, and are its own to repair it with', async () => {
    const all = await setup();
    const { world, sync, store, cx } = all;
    store.all.push({ anchor: cursor(1, 2), root: part(1), format: 1, bytes: 9, agreed: true });
    store.parts.set(part(1), new Uint8Array(9));
    const seen = async () => {
      const served = sync.providerCx?.snapshots;
      const got: number[] = [];
      const keep = (who: 'others' | 'own') => (_: unknown, bytes: Uint8Array | null) =>
        void got.push(who === 'others' ? (bytes?.length ?? 0) : -(bytes?.length ?? 0));
      served?.get(part(1), keep('others'));
      cx.snapshots?.get(part(1), keep('own'));
      for (const answer of store.gets.splice(0)) answer();
      await world.run();
      got.sort((a, b) => a - b);
      return [served?.manifests().length, served?.has(part(1)), cx.snapshots?.manifests().length, got];
    };
    expect(await seen()).toEqual([1, true, 1, [-9, 9]]);
    world.diverged = true;
    expect(await seen()).toEqual([0, false, 1, [-9, 0]]);
    world.diverged = false;
    expect(await seen()).toEqual([1, true, 1, [-9, 9]]);
  });

  it('are shown as they are, and cannot be changed', async () => {
    const all = await setup();
    const manifest = { anchor: cursor(1, 2), root: part(1), format: 1, bytes: 9, agreed: true };
    all.store.all.push(manifest);
    all.store.parts.set(part(1), new Uint8Array(9));
    const [seen] = snapshots(all).manifests();
    expect(seen).toEqual({ ...manifest });
    Object.assign(seen?.anchor ?? {}, cursor(9, 9));
    expect(snapshots(all).manifests()).toEqual([manifest]);
    expect([snapshots(all).has(part(1)), snapshots(all).has(part(2))]).toEqual([true, false]);
    expect(() => snapshots(all).has('../../etc' as never)).toThrow(RangeError);
    expect(all.sync.providerCx?.snapshots?.manifests()).toEqual([manifest]);
    expect(all.sync.providerCx?.snapshots).not.toHaveProperty('put');
  });

  it('are read in its turns, 256 at a time', async () => {
    const all = await setup();
    const lengths: (number | null)[] = [];
    all.store.parts.set(part(1), new Uint8Array(9));
    for (let i = 0; i < 256; i++) {
      snapshots(all).get(part(i === 0 ? 1 : 2), (_, bytes) => lengths.push(bytes?.length ?? null));
    }
    expect(codeOf(() => snapshots(all).get(part(1), () => {}))).toBe('SYNC_REFUSED');
    for (const answer of all.store.gets.splice(0)) answer();
    expect(lengths).toEqual([]);
    await all.world.run();
    expect(lengths).toEqual([9, ...Array.from({ length: 255 }, () => null)]);
    snapshots(all).get(part(1), () => {});
    expect(all.store.gets).toHaveLength(1);
  });

  it('H20: are put 16 MiB at a time, unless it is one put alone', async () => {
    const all = await setup();
    const { answers, done } = told();
    const large = new Map([[part(1), new Uint8Array(17 * 1024 * 1024)]]);
    snapshots(all).put(large, done);
    expect(codeOf(() => snapshots(all).put(new Map([[part(2), new Uint8Array(1)]]), done))).toBe(
      'SYNC_REFUSED',
    );
    all.store.puts.shift()?.();
    await all.world.run();
    expect(answers).toEqual([null]);
    snapshots(all).put(new Map([[part(2), new Uint8Array(1)]]), done);
    all.store.puts.shift()?.(diskFull());
    await all.world.run();
    expect(answers[1]?.code).toBe('STORAGE_FULL');
  });

  it('fail their group when their store fails for good, whatever a session makes of that', async () => {
    const broken = new SmaltiError('STORAGE_FAILED', 'the disk is gone');
    const all = await setup();
    const { answers, done } = told();
    snapshots(all).put(new Map([[part(1), new Uint8Array(1)]]), done);
    all.store.puts.shift()?.(broken);
    expect(all.world.faults).toEqual([broken]);
    await all.world.run();
    expect(answers).toEqual([broken]);

    const late = await setup();
    snapshots(late).put(new Map([[part(1), new Uint8Array(1)]]), done);
    late.world.host.close();
    late.store.puts.shift()?.(broken);
    await late.world.run();
    expect([late.world.faults, answers.length]).toEqual([[broken], 1]);

    const reading = await setup();
    reading.store.refusal = broken;
    snapshots(reading).get(part(1), () => {});
    reading.sync.providerCx?.snapshots?.get(part(1), () => {});
    for (const answer of reading.store.gets.splice(0)) answer();
    expect(reading.world.faults).toEqual([broken, broken]);
  });

  it('do not fail their group when something passes', async () => {
    const all = await setup();
    for (const error of [diskFull(), new SmaltiError('STORAGE_CLOSED', 'closed')]) {
      snapshots(all).put(new Map([[part(1), new Uint8Array(1)]]), () => {});
      all.store.puts.shift()?.(error);
      await all.world.run();
    }
    expect(all.world.faults).toEqual([]);
  });

  it('H27: are kept by leases that lapse within two minutes of its end', async () => {
    const all = await setup();
    const lease = snapshots(all).lease(part(1), Number.POSITIVE_INFINITY);
    const other = snapshots(all).lease(null, 500);
    const [first, second] = all.store.leases;
    expect([first?.root, first?.until, second?.until]).toEqual([part(1), MINUTES, 500]);
    await all.world.run(100);
    lease.renew(10 * MINUTES);
    expect(first?.until).toBe(MINUTES + 100);
    other.release();
    expect(second?.released).toBe(true);
    all.world.host.sessionOver(all.door.epoch, 'elected');
    lease.renew(20 * MINUTES);
    expect([first?.until, first?.released]).toEqual([MINUTES + 100, false]);
    expect(codeOf(() => snapshots(all))).toBe('CONTEXT_REVOKED');
  });

  it('H27: are kept by no more than 16 leases, of which those count that have not ended', async () => {
    const all = await setup();
    for (let i = 0; i < 16; i++) snapshots(all).lease(null, 50);
    expect(codeOf(() => snapshots(all).lease(null, 50))).toBe('SYNC_REFUSED');
    await all.world.run(50);
    snapshots(all).lease(null, 500);
    expect(all.store.leases).toHaveLength(17);
  });

  it('are dead with the session: nothing is told, and nothing can be asked', async () => {
    const all = await setup();
    const view = snapshots(all);
    const { answers, done } = told();
    view.put(new Map([[part(1), new Uint8Array(1)]]), done);
    view.get(part(1), (error) => answers.push(error));
    all.world.host.sessionOver(all.door.epoch, 'elected');
    all.store.puts.shift()?.();
    all.store.gets.shift()?.();
    await all.world.run();
    expect(answers).toEqual([]);
    expect(codeOf(() => view.has(part(1)))).toBe('CONTEXT_REVOKED');
    expect(codeOf(() => view.manifests())).toBe('CONTEXT_REVOKED');
    expect(codeOf(() => view.put(new Map(), () => {}))).toBe('CONTEXT_REVOKED');
    expect(codeOf(() => view.lease(null, 1))).toBe('CONTEXT_REVOKED');
  });
});

describe('an install', () => {
  it('is of what the leader announced, and moves verified', async () => {
    const all = await setup();
    expect(all.cx.anchor).toEqual(ANCHOR);
    expect(all.cx.mustInstall).toBe(false);
    all.door.mustInstall = true;
    expect(all.cx.mustInstall).toBe(true);
    const { answers, done } = told();
    all.cx.install(ANCHOR, done);
    all.door.installed();
    expect(answers).toEqual([]);
    await all.world.run();
    expect(answers).toEqual([null]);
    expect(all.cx.verified).toEqual(ANCHOR.at);
  });

  it('is one at a time, and refused with the reason as late as any other answer', async () => {
    const all = await setup();
    const { answers, done } = told();
    all.cx.install({ at: ANCHOR.at, root: part(8) }, done);
    all.cx.install({ at: ANCHOR.at, root: 'x' } as never, done);
    all.cx.install(null as never, done);
    all.cx.install(ANCHOR, () => {});
    all.cx.install(ANCHOR, done);
    expect(answers).toEqual([]);
    await all.world.run();
    expect(answers.map((error) => error?.code)).toEqual(Array.from({ length: 4 }, () => 'SYNC_REFUSED'));
    expect(answers[0]?.message).toContain('no leader has announced');
    expect(answers[3]?.message).toContain('an install is under way already');
    expect(all.world.host.status().session).not.toBeNull();
    expect(codeOf(() => all.cx.install(ANCHOR, null as never))).toBe('TypeError');
  });

  it('names a part that is missing, and can be asked for again', async () => {
    const all = await setup();
    const { answers, done } = told();
    all.cx.install(ANCHOR, done);
    all.door.installed(new SmaltiError('SYNC_REFUSED', 'a part is missing', { details: { part: part(3) } }));
    await all.world.run();
    expect(answers[0]?.details).toMatchObject({ part: part(3) });
    all.cx.install(ANCHOR, done);
    all.door.installed();
    await all.world.run();
    expect(answers[1]).toBeNull();
  });

  it('ends the session when the disk is full, after that was told', async () => {
    const all = await setup();
    const { answers, done } = told();
    all.cx.install(ANCHOR, done);
    all.door.installed(diskFull());
    await all.world.run();
    expect(answers[0]?.code).toBe('STORAGE_FULL');
    expect(all.sync.calls.at(-1)).toBe('session 1 close');
    expect(all.world.host.status().failure?.message).toContain('no room');
  });

  it('is not told after the session', async () => {
    const all = await setup();
    const { answers, done } = told();
    all.cx.install(ANCHOR, done);
    all.world.host.sessionOver(all.door.epoch, 'elected');
    all.door.installed();
    await all.world.run();
    expect(answers).toEqual([]);
  });

  it('may take twenty deadlines, and no longer', async () => {
    for (const ms of [19_000, 22_000]) {
      const all = await setup();
      const { answers, done } = told();
      all.cx.install(ANCHOR, done);
      await all.world.run(ms);
      const lives = ms < 20_000;
      expect(all.sync.count('session 1 close')).toBe(lives ? 0 : 1);
      if (!lives) continue;
      all.door.installed(new SmaltiError('SYNC_REFUSED', 'planted'));
      await all.world.run(900);
      expect(answers).toHaveLength(1);
      expect(all.sync.count('session 1 close')).toBe(0);
      await all.world.run(200);
      expect(all.sync.count('session 1 close')).toBe(1);
    }
  });
});

describe('parts', () => {
  it('that were missing and are durable put the deadline off, for ever; those that were there do not', async () => {
    for (const fresh of [true, false]) {
      const all = await setup();
      let bytes = 0;
      for (let i = 0; i < 60; i++) {
        if (all.sync.count('session 1 close') > 0) break;
        // What it says of itself grows in both cases.
        all.cx.report(report(++bytes));
        if (fresh) all.store.parts.clear();
        all.cx.snapshots?.put(new Map([[part(1), new Uint8Array(1)]]), () => {});
        all.store.puts.shift()?.();
        await all.world.run(500);
      }
      expect(all.sync.count('session 1 close')).toBe(fresh ? 0 : 1);
    }
  });
});
