import { createRequire } from 'node:module';
import type { KvItem } from './kv-item.ts';
import type { KvInteger } from './kv-types.ts';

// The library is CommonJS with an export named `default`, which loaders import in different ways; all require alike.
const { default: BTree } = createRequire(import.meta.url)('sorted-btree') as typeof import('sorted-btree');

/**
 * Keys and values of the state, both latin1 strings (one character a byte), in the unsigned byte order of the keys:
 * for such strings that is the order of `<`. `clone()` takes O(1): the copies share their nodes until one changes.
 *
 * Strings, not buffers: V8 keeps them at one byte a character without a backing store of their own, which measured
 * about a third less memory and slightly faster sets than small buffers; and a reply is their concatenation.
 */
export type OrderedMap = InstanceType<typeof BTree<string, KvItem>>;

/** An empty map. */
export function orderedMap(): OrderedMap {
  return new BTree<string, KvItem>(undefined, byBytes);
}

/** A key and when it expires, in milliseconds of group time. */
export interface Deadline {
  readonly at: KvInteger;
  readonly key: string;
}

/** The keys that expire, the earliest first. */
export type DeadlineSet = InstanceType<typeof BTree<Deadline, undefined>>;

/** An empty set. */
export function deadlineSet(): DeadlineSet {
  return new BTree<Deadline, undefined>(undefined, byTime);
}

/** The order of keys. */
export function byBytes(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1;
}

function byTime(a: Deadline, b: Deadline): number {
  // Numbers and bigints compare exactly.
  return a.at < b.at ? -1 : a.at > b.at ? 1 : byBytes(a.key, b.key);
}
