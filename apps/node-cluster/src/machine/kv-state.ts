import { KvCapture } from './kv-capture.ts';
import { expiryOf, isLive, type KvItem } from './kv-item.ts';
import type { KvContent } from './kv-snapshot.ts';
import type { KvInteger } from './kv-types.ts';
import { type Deadline, type DeadlineSet, deadlineSet, type OrderedMap, orderedMap } from './ordered-map.ts';

/** Keys in order, and where the next ones begin. */
export interface KeyPage {
  readonly keys: readonly string[];
  readonly next: string | null;
}

/** Bytes of keys on one page, about: keys can be long. */
const PAGE_BYTES = 1024 * 1024;

/**
 * Keys, values, and when they expire. What has expired by group time is hidden at once, and removed little by little:
 * when it is removed is decided by the log alone, so all replicas hold the same.
 */
export class KvState {
  #items: OrderedMap = orderedMap();
  #deadlines: DeadlineSet = deadlineSet();
  #time = 0;
  /** How many keys had expired at a time and are not removed: each is counted once, however often it is asked. */
  #hidden = 0;
  #hiddenAt = 0;

  /** Group time of the last entry that was applied, in milliseconds. */
  get time(): number {
    return this.#time;
  }

  /** How many keys there are. */
  get size(): number {
    if (this.#hiddenAt < this.#time) {
      for (const { at } of this.#deadlines.keys({ at: this.#hiddenAt + 1, key: '' })) {
        if (at > this.#time) break;
        this.#hidden++;
      }
      this.#hiddenAt = this.#time;
    }
    return this.#items.size - this.#hidden;
  }

  /** How many of them expire. */
  get expiring(): number {
    return this.#deadlines.size - (this.#items.size - this.size);
  }

  /** Group time at which the first key expires, or null. It has passed while there are expired keys to remove. */
  get deadline(): number | null {
    const first = this.#deadlines.minKey();
    return first === undefined ? null : Number(first.at);
  }

  /** Group time moves; at most so many of the keys that have expired are removed. */
  moveTo(time: number, most: number): void {
    if (time > this.#time) this.#time = time;
    for (let left = most; left > 0; left--) {
      const first = this.#deadlines.minKey();
      if (first === undefined || first.at > this.#time) return;
      this.#drop(first);
      this.#items.delete(first.key);
    }
  }

  get(key: string): KvItem | undefined {
    const item = this.#items.get(key);
    return item !== undefined && isLive(item, this.#time) ? item : undefined;
  }

  /** @param at group time at which it expires; null for never. What expires now or before is not kept. */
  set(key: string, value: string, at: KvInteger | null): void {
    this.#forget(key);
    if (at === null) {
      this.#items.set(key, value);
    } else if (at > this.#time) {
      this.#items.set(key, { value, at });
      this.#deadlines.set({ at, key }, undefined);
    } else {
      this.#items.delete(key);
    }
  }

  /** False if the key was not there. */
  delete(key: string): boolean {
    const found = this.get(key) !== undefined;
    this.#forget(key);
    this.#items.delete(key);
    return found;
  }

  clear(): void {
    this.#items = orderedMap();
    this.#deadlines = deadlineSet();
    this.#hidden = 0;
  }

  /** Looks at so many keys after that one, or fewer if they are long. */
  page(after: string | null, count: number): KeyPage {
    const keys: string[] = [];
    let looked = 0;
    let bytes = 0;
    let last: string | null = null;
    for (const [key, item] of this.#items.entries(after ?? undefined, [])) {
      if (key === after) continue;
      if (looked === count || bytes >= PAGE_BYTES) return { keys, next: last };
      looked++;
      bytes += key.length;
      last = key;
      if (isLive(item, this.#time)) keys.push(key);
    }
    return { keys, next: null };
  }

  /** The state as it is now, held still, in O(1): later changes do not reach it. */
  capture(): KvCapture {
    return new KvCapture(this.#items.clone(), this.#time);
  }

  /** As {@link capture}, as what can be put in the place of another state. */
  content(): KvContent {
    return { items: this.#items.clone(), deadlines: this.#deadlines.clone(), time: this.#time };
  }

  /** Puts another state in the place of this one, in O(1): later changes do not reach what it was given. */
  replace({ items, deadlines, time }: KvContent): void {
    this.#items = items.clone();
    this.#deadlines = deadlines.clone();
    this.#time = time;
    this.#hidden = 0;
    this.#hiddenAt = 0;
  }

  /** Takes the key out of the order of expiry. Most states have no key that expires, and look no further. */
  #forget(key: string): void {
    if (this.#deadlines.size === 0) return;
    const item = this.#items.get(key);
    const at = item === undefined ? null : expiryOf(item);
    if (at !== null) this.#drop({ at, key });
  }

  #drop(deadline: Deadline): void {
    this.#deadlines.delete(deadline);
    if (deadline.at <= this.#hiddenAt) this.#hidden--;
  }
}
