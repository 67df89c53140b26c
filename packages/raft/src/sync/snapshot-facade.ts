import {
  type Manifest,
  type PartName,
  type SmaltiError,
  type SnapshotLease,
  type SnapshotStore,
  type SnapshotView,
  type SnapshotWriter,
  type StoreCallback,
  toPartName,
} from '@smalti/core';
import { MAX_LEASE_MS, MAX_LEASES, MAX_PART_READS, MAX_PUT_BYTES, MAX_PUTS } from './bounds.ts';
import { refused } from './errors.ts';
import { copyOf } from './log-facade.ts';
import type { Owner } from './owner.ts';
import type { SyncPort } from './port.ts';

/** What looking at checkpoints takes of a store. */
export type ReadableStore = Pick<SnapshotStore, 'manifests' | 'has' | 'get' | 'lease'>;

/** What facades need of their host's port. */
export type FacadePort = Pick<SyncPort, 'clock' | 'fault'>;

/**
 * The checkpoints of the group, to look at, for as long as its owner lives. What the store answers is told in the
 * owner's turns.
 *
 * Leases are short and have to be renewed. At the end of their owner they are left to lapse, so that what one session has
 * fetched is still there for the next one, which may begin after a pause.
 */
export class SnapshotFacade implements SnapshotView {
  readonly #store: ReadableStore;
  readonly #owner: Owner;
  readonly #port: FacadePort;
  readonly #leases = new Set<OwnedLease>();
  #reads = 0;

  constructor(store: ReadableStore, owner: Owner, port: FacadePort) {
    this.#store = store;
    this.#owner = owner;
    this.#port = port;
    if (new.target === SnapshotFacade) Object.freeze(this);
  }

  static {
    Object.freeze(SnapshotFacade.prototype);
  }

  manifests(): readonly Manifest[] {
    // Copies, as all that strategies are given.
    return this.#owner.use('snapshots', () =>
      this.#store.manifests().map((manifest) => ({ ...manifest, anchor: copyOf(manifest.anchor) })),
    );
  }

  has(name: PartName): boolean {
    return this.#owner.use('snapshots', () => this.#store.has(this.#nameOf(name)));
  }

  get(name: PartName, done: StoreCallback<Uint8Array | null>): void {
    const owner = this.#owner;
    owner.use('snapshots', () => {
      const checked = this.#nameOf(name);
      if (typeof done !== 'function') throw new TypeError(`${owner.strategy}: get needs a callback`);
      if (this.#reads >= MAX_PART_READS) {
        throw refused(owner.strategy, `${MAX_PART_READS} reads of parts are under way already`);
      }
      this.#reads += 1;
      this.#store.get(checked, (error, bytes) => {
        blame(error, this.#port);
        owner.post(() => {
          this.#reads -= 1;
          owner.call('the callback of get', () => done(error, bytes));
        });
      });
    });
  }

  lease(root: PartName | null, untilMs: number): SnapshotLease {
    const owner = this.#owner;
    return owner.use('snapshots', () => {
      const checked = root === null ? null : this.#nameOf(root);
      const until = this.#bounded(untilMs);
      const now = this.#port.clock.now();
      for (const lease of this.#leases) if (lease.isOver(now)) this.#leases.delete(lease);
      if (this.#leases.size >= MAX_LEASES) {
        throw refused(owner.strategy, `it has ${MAX_LEASES} leases already, and no more are given`);
      }
      const lease = new OwnedLease(this.#store.lease(checked, until), until);
      this.#leases.add(lease);
      return Object.freeze({
        root: checked,
        renew: (end: number) => {
          if (!owner.over) lease.renew(this.#bounded(end));
        },
        release: () => {
          if (this.#leases.delete(lease)) lease.end();
        },
      });
    });
  }

  #bounded(untilMs: number): number {
    if (typeof untilMs !== 'number' || Number.isNaN(untilMs)) {
      throw new RangeError(`${this.#owner.strategy}: a lease needs the time of its end`);
    }
    return Math.min(untilMs, this.#port.clock.now() + MAX_LEASE_MS);
  }

  /** @throws RangeError if it is not the name of a part. */
  #nameOf(name: unknown): PartName {
    return toPartName(String(name));
  }
}

/** For sessions, which may also put parts. */
export class SnapshotWriterFacade extends SnapshotFacade implements SnapshotWriter {
  readonly #store: SnapshotStore;
  readonly #owner: Owner;
  readonly #port: FacadePort;
  readonly #fresh: () => void;
  #puts = 0;
  #bytes = 0;

  /** `fresh` is called when parts that were not there have become durable. */
  constructor(store: SnapshotStore, owner: Owner, port: FacadePort, fresh: () => void) {
    super(store, owner, port);
    this.#store = store;
    this.#owner = owner;
    this.#port = port;
    this.#fresh = fresh;
    Object.freeze(this);
  }

  static {
    Object.freeze(SnapshotWriterFacade.prototype);
  }

  put(given: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void {
    const owner = this.#owner;
    owner.use('snapshots', () => {
      if (typeof done !== 'function') throw new TypeError(`${owner.strategy}: put needs a callback`);
      const parts = new Map<PartName, Uint8Array>();
      let bytes = 0;
      for (const [name, part] of given) {
        if (!(part instanceof Uint8Array)) throw new TypeError(`${owner.strategy}: a part must be bytes`);
        parts.set(toPartName(String(name)), part);
        bytes += part.length;
      }
      if (this.#puts >= MAX_PUTS || (this.#puts > 0 && this.#bytes + bytes > MAX_PUT_BYTES)) {
        throw refused(
          owner.strategy,
          `${this.#bytes} bytes of parts are being put: wait until some are there`,
        );
      }
      const fresh = [...parts.keys()].some((name) => !this.#store.has(name));
      this.#puts += 1;
      this.#bytes += bytes;
      this.#store.put(parts, (error: SmaltiError | null) => {
        blame(error, this.#port);
        owner.post(() => {
          this.#puts -= 1;
          this.#bytes -= bytes;
          if (error === null && fresh) this.#fresh();
          owner.call('the callback of put', () => done(error));
        });
      });
    });
  }
}

/** A store that has failed for good is no matter of the strategy that met it: its owner may be over already. */
function blame(error: SmaltiError | null, port: FacadePort): void {
  if (error?.code === 'STORAGE_FAILED') port.fault(error);
}

/** A lease and its end. */
class OwnedLease {
  readonly #lease: SnapshotLease;
  #until: number;

  constructor(lease: SnapshotLease, until: number) {
    this.#lease = lease;
    this.#until = until;
  }

  isOver(now: number): boolean {
    return this.#until <= now;
  }

  renew(until: number): void {
    this.#until = Math.max(this.#until, until);
    this.#lease.renew(until);
  }

  end(): void {
    this.#lease.release();
  }
}
