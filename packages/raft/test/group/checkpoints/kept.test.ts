import { cursor, type Manifest, type PartName } from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import { expect, it } from 'vitest';
import { Kept } from '../../../src/group/checkpoints/kept.ts';
import { PartStore } from '../support/part-store.ts';

const [OWN, AGREED] = ['a', 'b'].map((digit) => digit.repeat(64)) as [PartName, PartName];

function manifest(index: number, root: PartName, agreed: boolean): Manifest {
  return { anchor: cursor(2, index), root, format: 1, bytes: 1, agreed };
}

it('a checkpoint of which nothing will come goes, and not the agreed one that was installed in its place meanwhile', async () => {
  const sim = new Simulation();
  const store = new PartStore(sim.node('n').ports.scheduler);
  const kept = new Kept(store, { newest: () => {}, note: () => {}, wake: () => {}, fault: () => {} });
  store.list = [manifest(10, OWN, false), manifest(20, OWN, false), manifest(30, OWN, false)];
  const look = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) {
      kept.look(sim.now);
      await sim.runFor(10);
    }
  };
  kept.agreed({ at: cursor(2, 10), root: OWN });
  kept.look(sim.now);
  // The store is at work on the other one: these are for later.
  kept.forget(cursor(2, 20));
  kept.forget(cursor(2, 30));
  store.list = store.list.map((each) => (each.anchor.index === 20 ? manifest(20, AGREED, true) : each));
  await look();
  expect(store.list).toEqual([manifest(10, OWN, true), manifest(20, AGREED, true)]);
});
