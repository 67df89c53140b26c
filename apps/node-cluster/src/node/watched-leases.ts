import type {
  Clock,
  Cursor,
  Manifest,
  PartName,
  SnapshotLease,
  SnapshotStore,
  StoreCallback,
} from '@smalti/core';
import type { KvLease } from '../service/index.ts';

/** Until when, in milliseconds of the monotonic clock. */
interface Held {
  readonly root: PartName | null;
  until: number;
}

/** A store of checkpoints that tells what is kept for whoever asked for that: a store itself has no word on it. */
export class WatchedLeases implements SnapshotStore {
  readonly descriptor;
  readonly #store: SnapshotStore;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #held = new Set<Held>();

  constructor(store: SnapshotStore, clock: Pick<Clock, 'now'>) {
    this.descriptor = store.descriptor;
    this.#store = store;
    this.#clock = clock;
  }

  /** Those that have not ended, in the order in which they were taken. */
  get leases(): readonly KvLease[] {
    const now = this.#forgetEnded();
    return [...this.#held].map(({ root, until }) => ({ root, leftMs: until - now }));
  }

  manifests(): readonly Manifest[] {
    return this.#store.manifests();
  }

  has(name: PartName): boolean {
    return this.#store.has(name);
  }

  get(name: PartName, done: StoreCallback<Uint8Array | null>): void {
    this.#store.get(name, done);
  }

  put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void {
    this.#store.put(parts, done);
  }

  commit(manifest: Manifest, done: StoreCallback): void {
    this.#store.commit(manifest, done);
  }

  drop(anchor: Cursor, done: StoreCallback): void {
    this.#store.drop(anchor, done);
  }

  lease(root: PartName | null, untilMs: number): SnapshotLease {
    this.#forgetEnded();
    const lease = this.#store.lease(root, untilMs);
    const held: Held = { root, until: untilMs };
    this.#held.add(held);
    return {
      root,
      renew: (until) => {
        lease.renew(until);
        if (held.until > this.#clock.now()) held.until = Math.max(held.until, until);
      },
      release: () => {
        lease.release();
        this.#held.delete(held);
      },
    };
  }

  close(done: StoreCallback): void {
    this.#store.close(done);
  }

  /** They end by themselves, without a word. */
  #forgetEnded(): number {
    const now = this.#clock.now();
    for (const held of this.#held) if (held.until <= now) this.#held.delete(held);
    return now;
  }
}
