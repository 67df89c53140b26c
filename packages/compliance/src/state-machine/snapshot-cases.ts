import type { Snapshot, SnapshotItem } from '@smalti/core';
import { SimRandom } from '@smalti/simulator';
import { check, same } from '../suite/expect.ts';
import type { AnyMachineFactory, MachineCase } from './case-list.ts';
import { historyOf } from './history.ts';
import { itemsOf, Replica, showItem } from './replica.ts';

const LENGTH = 200;

function replicaAfter(
  factory: AnyMachineFactory,
  seed: number,
  length = LENGTH,
): Replica<unknown, unknown, unknown> {
  const replica = new Replica<unknown, unknown, unknown>(factory);
  replica.run(historyOf(factory, seed, length));
  return replica;
}

/** Compares as unsigned bytes. */
function compare(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at === -1 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1);
}

/** Builds a snapshot as a joiner does: from items in canonical order, a few at a time. */
export function built(
  { snapshots }: Replica<unknown, unknown, unknown>,
  version: number,
  given: readonly SnapshotItem[],
  random: SimRandom,
): Snapshot {
  const items = [...given].sort((a, b) => compare(a.key, b.key));
  const snapshot = snapshots.emptySnapshot(version);
  for (let at = 0; at < items.length; ) {
    const next = items.slice(at, at + 1 + random.below(5));
    snapshot.append(next);
    at += next.length;
  }
  return snapshot;
}

/** States of machines that can be captured. */
export const snapshotCases: readonly MachineCase[] = [
  {
    id: 'snapshot-order',
    title: 'gives its items in the unsigned byte order of their keys, each key once',
    requires: ['snapshot'],
    seeded: true,
    run(factory, seed) {
      const items = replicaAfter(factory, seed).items();
      for (const [i, item] of items.entries()) {
        const before = items[i - 1];
        if (before === undefined) continue;
        check(compare(before.key, item.key) < 0, `item ${showItem(item)} comes after ${showItem(before)}`);
      }
    },
  },
  {
    id: 'snapshot-ranges',
    title: 'gives any range of its items',
    requires: ['snapshot'],
    seeded: true,
    run(factory, seed) {
      const random = new SimRandom(`ranges ${seed}`);
      const snapshot = replicaAfter(factory, seed).capture();
      const all = itemsOf(snapshot).map(showItem);
      same(all.length, snapshot.length, 'the number of items');
      for (let i = 0; i < 20; i++) {
        const from = random.below(all.length + 1);
        const to = from + random.below(all.length - from + 1);
        same(snapshot.items(from, to).map(showItem), all.slice(from, to), `items ${from} to ${to}`);
      }
      snapshot.release();
    },
  },
  {
    id: 'snapshot-held',
    title: 'holds snapshots still while commands go on, several at once',
    requires: ['snapshot'],
    seeded: true,
    run(factory, seed) {
      const replica = new Replica(factory);
      const held: { readonly snapshot: Snapshot; readonly items: readonly string[] }[] = [];
      for (const [i, step] of historyOf(factory, seed, LENGTH).entries()) {
        replica.run([step]);
        if (i % 40 !== 0) continue;
        const snapshot = replica.capture();
        held.push({ snapshot, items: itemsOf(snapshot).map(showItem) });
      }
      for (const [i, { snapshot, items }] of held.entries()) {
        same(itemsOf(snapshot).map(showItem), items, `snapshot ${i + 1}, after more commands`);
        snapshot.release();
      }
    },
  },
  {
    id: 'snapshot-install',
    title: 'is, after an install, what it was taken of, and goes on as that does',
    requires: ['snapshot'],
    seeded: true,
    run(factory, seed) {
      const steps = historyOf(factory, seed, 2 * LENGTH);
      const original = new Replica<unknown, unknown, unknown>(factory);
      original.run(steps.slice(0, LENGTH));
      const items = original.items();
      // It had another state before, of which nothing may be left.
      const copy = replicaAfter(factory, seed + 1000);
      const { version } = original;
      copy.install(built(copy, version, items, new SimRandom(`install ${seed}`)), version);
      same(copy.items().map(showItem), items.map(showItem), 'the items after an install');
      same(copy.look(seed), original.look(seed), 'what is shown after an install');
      const rest = steps.slice(LENGTH);
      same(copy.run(rest), original.run(rest), 'what becomes of later entries');
      same(copy.look(seed), original.look(seed), 'what is shown after later entries');
    },
  },
  {
    id: 'snapshot-canonical',
    title: 'gives the same items for the same state, whatever the way to it',
    requires: ['snapshot'],
    seeded: true,
    run(factory, seed) {
      // One replica has lived through everything; others began with a snapshot, at each of several places.
      const original = new Replica<unknown, unknown, unknown>(factory);
      const joined: Replica<unknown, unknown, unknown>[] = [];
      for (const [i, step] of historyOf(factory, seed, LENGTH).entries()) {
        for (const replica of [original, ...joined]) replica.run([step]);
        if (i % 40 !== 20) continue;
        const joiner = new Replica<unknown, unknown, unknown>(factory);
        const random = new SimRandom(`canonical ${seed} ${i}`);
        const { version } = original;
        joiner.install(built(joiner, version, original.items(), random), version);
        joined.push(joiner);
        const items = original.items().map(showItem);
        for (const [n, replica] of joined.entries()) {
          same(
            replica.items().map(showItem),
            items,
            `after entry ${i + 1}, the items of a replica that joined at ${n * 40 + 21}`,
          );
        }
      }
    },
  },
  {
    id: 'snapshot-empty',
    title: 'begins with the empty snapshot, and an install of it leaves nothing',
    requires: ['snapshot'],
    run(factory) {
      const fresh = new Replica<unknown, unknown, unknown>(factory);
      const { snapshots, version } = fresh;
      const empty = snapshots.emptySnapshot(version);
      same([empty.length, empty.items(0, 0).length], [0, 0], 'the length of an empty snapshot');
      const used = replicaAfter(factory, 1);
      check(used.items().length > 0, 'after many commands its snapshot is empty');
      used.install(empty, version);
      const other = new Replica<unknown, unknown, unknown>(factory);
      other.install(other.snapshots.emptySnapshot(version), version);
      same(used.look(1), other.look(1), 'what is shown after an install of nothing');
    },
  },
];
