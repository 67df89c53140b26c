import type { Clock, Timer } from '@smalti/core';

/** Milliseconds between looks: deadlines are kept to this exactness, on the late side. */
const GRAIN_MS = 25;

/** Things that end at a time. One timer for all of them, however many there are. */
export class Deadlines<T> {
  readonly #clock: Clock;
  readonly #expire: (item: T) => void;
  readonly #buckets = new Map<number, Set<T>>();
  #timer: Timer | null = null;
  #next = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, expire: (item: T) => void) {
    this.#clock = clock;
    this.#expire = expire;
  }

  /** @returns the key that {@link delete} needs. */
  add(item: T, delayMs: number): number {
    const bucket = Math.ceil((this.#clock.now() + delayMs) / GRAIN_MS);
    const items = this.#buckets.get(bucket);
    if (items === undefined) this.#buckets.set(bucket, new Set([item]));
    else items.add(item);
    if (bucket < this.#next) this.#arm(bucket);
    return bucket;
  }

  delete(item: T, key: number): void {
    const items = this.#buckets.get(key);
    if (items?.delete(item) && items.size === 0) this.#buckets.delete(key);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = null;
    this.#buckets.clear();
  }

  #arm(bucket: number): void {
    this.#timer?.cancel();
    this.#next = bucket;
    const delay = Math.max(0, bucket * GRAIN_MS - this.#clock.now());
    this.#timer = this.#clock.setTimer(delay, () => this.#look());
  }

  #look(): void {
    this.#timer = null;
    this.#next = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    const due: T[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const [bucket, items] of this.#buckets) {
      if (bucket * GRAIN_MS <= now) {
        due.push(...items);
        this.#buckets.delete(bucket);
      } else if (bucket < next) {
        next = bucket;
      }
    }
    if (next < Number.POSITIVE_INFINITY) this.#arm(next);
    for (const item of due) this.#expire(item);
  }
}
