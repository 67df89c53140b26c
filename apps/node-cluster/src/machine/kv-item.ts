import type { KvInteger } from './kv-types.ts';

/** A value that expires. */
export interface ExpiringValue {
  readonly value: string;
  /** Group time in milliseconds: from then on the key is not there. */
  readonly at: KvInteger;
}

/** What is kept at a key. Most values never expire, and are kept as what they are. */
export type KvItem = string | ExpiringValue;

export function textOf(item: KvItem): string {
  return typeof item === 'string' ? item : item.value;
}

/** Null if it never expires. */
export function expiryOf(item: KvItem): KvInteger | null {
  return typeof item === 'string' ? null : item.at;
}

/** True if the item is there at that group time. */
export function isLive(item: KvItem, time: number): boolean {
  return typeof item === 'string' || item.at > time;
}
