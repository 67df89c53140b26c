import { type Clock, type Hasher, type StoreCallback, toHex } from '@smalti/core';
import { nodeHasher } from '@smalti/platform-node';
import { describe, expect, it } from 'vitest';
import { checkpoint, SMALL, World } from './world.ts';

/** What a hash costs here: a slow machine. */
const HASH_MS = 1;
/** So much of a turn is for work that is done a little at a time, and what is under way then is finished. */
const TURN_MS = 2 + HASH_MS;

function slowWorld() {
  const world = new World();
  const { clock } = world.node.ports;
  let spentMs = 0;
  const slow = {
    hasher: {
      ...nodeHasher,
      sha256: (...parts: readonly Uint8Array[]) => {
        spentMs += HASH_MS;
        return nodeHasher.sha256(...parts);
      },
      sha256Hex: (bytes: Uint8Array) => {
        spentMs += HASH_MS;
        return toHex(nodeHasher.sha256(bytes));
      },
    } satisfies Hasher,
    clock: {
      now: () => clock.now() + spentMs,
      wallNow: () => clock.wallNow(),
      setTimer: (delayMs, fire) => clock.setTimer(delayMs, fire),
    } satisfies Clock,
  };
  const store = world.open({ ...SMALL, batchBytes: 1024 * 1024 }, slow);
  /** The longest event until then, or until nothing is left to do, and all of them, in milliseconds. */
  const turns = (isOver: () => boolean): { most: number; all: number } => {
    const began = spentMs;
    let most = 0;
    for (let before = spentMs; !isOver() && world.sim.step(); before = spentMs) {
      most = Math.max(most, spentMs - before);
    }
    return { most, all: spentMs - began };
  };
  const during = (submit: (done: StoreCallback) => void): { most: number; all: number } => {
    let told = false;
    submit((error) => {
      expect(error).toBe(null);
      told = true;
    });
    const spent = turns(() => told);
    expect(told).toBe(true);
    return spent;
  };
  return { world, store, turns, during };
}

describe('the event loop is held for milliseconds, however slow the machine is', () => {
  const first = checkpoint(1, 2_000);
  const second = checkpoint(2, 2_000);

  it('while parts are put', () => {
    const { store, during } = slowWorld();
    // As they are when they come from elsewhere: what was cut here has its names already.
    const parts = new Map([...first.parts].map(([name, bytes]) => [name, bytes.slice()]));
    const { most, all } = during((done) => store.put(parts, done));
    expect(all).toBeGreaterThan(300);
    expect(most).toBeLessThanOrEqual(TURN_MS);
    // And they are not hashed again when they are put once more.
    expect(during((done) => store.put(parts, done)).all).toBe(0);
  });

  it('while it is looked whether a checkpoint is whole', () => {
    const { store, during } = slowWorld();
    during((done) => store.put(first.parts, done));
    const { most, all } = during((done) => store.commit(first.manifest, done));
    expect(all).toBeGreaterThan(50);
    expect(most).toBeLessThanOrEqual(TURN_MS);
  });

  it('while what nobody needs is looked for', () => {
    const { world, store, during, turns } = slowWorld();
    for (const { parts, manifest } of [first, second]) {
      during((done) => store.put(parts, done));
      during((done) => store.commit(manifest, done));
    }
    during((done) => store.drop(first.manifest.anchor, done));
    const { most, all } = turns(() => false);
    expect(all).toBeGreaterThan(50);
    expect(most).toBeLessThanOrEqual(TURN_MS);
    const gone = [...first.parts.keys()].filter((name) => !store.has(name));
    expect(gone.length).toBeGreaterThan(50);
    expect(world.missing(store, second)).toEqual([]);
  });
});
