import {
  type Anchor,
  DamagedPart,
  invariant,
  NO_HARD_STATE,
  type PartName,
  SmaltiError,
  type SnapshotLease,
  type SnapshotWriter,
  type StoreCallback,
  verifyCheckpoint,
} from '@smalti/core';
import { simHasher } from '@smalti/simulator';
import type { MemorySnapshotStore } from '@smalti/storage-memory';
import { BenchJoiner } from '@smalti/sync-bench';
import type { SnapshotSyncMessage } from '../src/index.ts';
import type { Bench, JoinerOptions } from './bench.ts';

/** What a runtime lets one session have under way. */
const MAX_PUT_BYTES = 16 * 1024 * 1024;
/** Leases that have not ended, of one session. */
const MAX_LEASES = 16;

/** The node that lags, with a store of checkpoints, and with the checks that its runtime makes. */
export class Joiner extends BenchJoiner<SnapshotSyncMessage> {
  store: MemorySnapshotStore;
  /** Refuses the next installs, with that error. */
  refuseInstalls: SmaltiError[] = [];
  /** Checkpoints before this one are no good any more. */
  oldestGood = 0;
  /** How long an install takes, in milliseconds. */
  installMs = 5;
  /** How long a put takes besides. */
  putMs = 0;
  /** The most bytes of parts that came and were not durable. */
  mostPutting = 0;
  /** Called at each put. */
  onPut = (): void => {};
  #putting = 0;
  /** Leases of the session, and when they end. */
  #leases = new Map<SnapshotLease, number>();
  readonly #bench: Bench;

  constructor(bench: Bench, options: JoinerOptions) {
    super(bench, options);
    this.#bench = bench;
    this.store = bench.openStore(this.node, options.own ?? []);
  }

  get storedBytes(): number {
    return [...this.store.data.parts.values()].reduce((sum, { length }) => sum + length, 0);
  }

  /** What was not durable is lost. Another process opens what is left. */
  override crash(): void {
    super.crash();
    this.store.crash();
    this.store = this.#bench.openStore(this.node, [], this.store.data);
    this.#putting = 0;
    this.#leases.clear();
  }

  protected override snapshots(): SnapshotWriter {
    const { store } = this;
    return {
      manifests: () => store.manifests(),
      has: (name) => store.has(name),
      get: (name, done) => store.get(name, this.answer(done)),
      lease: (root, until) => this.#lease(root, until),
      put: (parts, done) => this.#put(parts, this.answer(done)),
    };
  }

  #lease(root: PartName | null, until: number): SnapshotLease {
    const { now } = this.#bench.sim;
    for (const [lease, end] of this.#leases) if (end <= now) this.#leases.delete(lease);
    invariant(this.#leases.size < MAX_LEASES, 'a session has so many leases at most');
    const lease = this.store.lease(root, until);
    const owned: SnapshotLease = {
      root,
      renew: (end) => {
        lease.renew(end);
        if (this.#leases.has(owned)) this.#leases.set(owned, end);
      },
      release: () => {
        lease.release();
        this.#leases.delete(owned);
      },
    };
    this.#leases.set(owned, until);
    return owned;
  }

  #put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void {
    const bytes = [...parts.values()].reduce((sum, { length }) => sum + length, 0);
    const within = this.#putting === 0 || this.#putting + bytes <= MAX_PUT_BYTES;
    invariant(within, 'a session has so much under way at most');
    this.#putting += bytes;
    this.mostPutting = Math.max(this.mostPutting, this.#putting);
    this.onPut();
    const { store } = this;
    const told: StoreCallback = (error) => {
      this.#putting -= bytes;
      done(error);
    };
    this.#bench.sim.schedule(this.putMs, 'put', () => store.put(parts, told));
  }

  protected override install(anchor: Anchor, done: StoreCallback): void {
    const fault = this.refuseInstalls.shift() ?? this.#faultOf(anchor);
    this.#bench.sim.schedule(this.installMs, 'install', () => {
      if (fault !== null) {
        done(fault);
        return;
      }
      this.installs.push(anchor);
      this.log.resetTo(anchor.at, NO_HARD_STATE, null, (error) => {
        this.verified = { ...this.log.last };
        done(error);
      });
    });
  }

  /** What a runtime says against it, after it has looked at all parts. */
  #faultOf(anchor: Anchor): SmaltiError | null {
    if (anchor.at.index < this.oldestGood) return new SmaltiError('SYNC_REFUSED', 'it is too old');
    const { parts } = this.store.data;
    const walk = verifyCheckpoint(anchor.root, simHasher);
    try {
      for (let step = walk.next(); step.done !== true; ) {
        step =
          'get' in step.value
            ? walk.next(step.value.get.map((name) => parts.get(name) ?? null))
            : walk.next();
      }
    } catch (error) {
      if (!(error instanceof DamagedPart)) throw error;
      // As any store that finds damage when a part is read.
      parts.delete(error.part);
      return new SmaltiError('SYNC_REFUSED', error.message, { details: { part: error.part } });
    }
    return null;
  }
}
