import { invariant } from '../errors/invariant.ts';
import type { Snapshot, SnapshotItem } from '../machine/state-machine.ts';

/** Items in canonical order, to be cut: a `Snapshot`, or what is like one. */
export type ItemSource = Pick<Snapshot, 'length' | 'items'>;

/** Items of a list as a source. */
export function itemSource(items: readonly SnapshotItem[]): ItemSource {
  return { length: items.length, items: (from, to) => items.slice(from, to) };
}

/** The most items that are asked for at a time. */
const MOST = 256;

/**
 * Gives the items one by one, asking for about `bytes` at a time: a machine may have to encode them, and one that has
 * long items must not encode hundreds of them at once.
 */
export function* eachItem(source: ItemSource, bytes: number): Generator<SnapshotItem, void> {
  let average = bytes;
  for (let at = 0; at < source.length; ) {
    const count = Math.max(1, Math.min(MOST, Math.floor(bytes / average)));
    const to = Math.min(source.length, at + count);
    const items = source.items(at, to);
    invariant(items.length === to - at, `a snapshot gave ${items.length} items of ${to - at}`);
    let length = 0;
    for (const item of items) {
      length += item.key.length + item.value.length + 1;
      yield item;
    }
    average = length / items.length;
    at = to;
  }
}
