import {
  type Clock,
  type Cursor,
  DamagedPart,
  type Hasher,
  type Manifest,
  nameOfPart,
  type PartName,
  type PluginDescriptor,
  reach,
  type Scheduler,
  SmaltiError,
  type SnapshotLease,
  type SnapshotStore,
  type StoreCallback,
  sameCursor,
  showCursor,
} from '@smalti/core';
import { WriteQueue } from './write-queue.ts';

/** What a snapshot store in memory keeps: the counterpart of a directory. */
export interface MemorySnapshots {
  readonly parts: Map<PartName, Uint8Array>;
  manifests: readonly Manifest[];
}

/** What it is made with. */
export interface MemorySnapshotStoreOptions {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly hasher: Hasher;
  /** What an earlier store kept. Default: nothing. */
  readonly data?: MemorySnapshots;
  /** Bytes of parts that find room. Default: no bound. */
  readonly capacity?: number;
}

const DESCRIPTOR: PluginDescriptor = Object.freeze({
  name: '@smalti/storage-memory',
  version: '0.1.0',
  contract: 'snapshot-store',
  contractVersion: 1,
});

/** Milliseconds until parts that nobody needs are looked for. */
const COLLECT_AFTER_MS = 1000;
/** Leases may be without an end, and timers are not. */
const DAY_MS = 86_400_000;

interface Lease {
  readonly root: PartName | null;
  until: number;
  /** What was put while it lasted, for one without a root. */
  readonly put: Set<PartName>;
}

/** A {@link SnapshotStore} in memory, for tests and for groups that need not outlive their processes. */
export class MemorySnapshotStore implements SnapshotStore {
  readonly descriptor = DESCRIPTOR;
  /** What completed. Hand it to the next store, after `close` or `crash`. */
  readonly data: MemorySnapshots;
  /** Bytes of parts that find room. A test may change it at any time. */
  capacity: number;
  readonly #options: MemorySnapshotStoreOptions;
  readonly #queue: WriteQueue;
  readonly #leases = new Set<Lease>();
  #fault: SmaltiError | null = null;
  #crashed = false;
  #timer: { cancel(): void } | null = null;

  constructor(options: MemorySnapshotStoreOptions) {
    this.#options = options;
    this.data = options.data ?? { parts: new Map(), manifests: [] };
    this.capacity = options.capacity ?? Number.POSITIVE_INFINITY;
    this.#queue = new WriteQueue(options.scheduler, () => {});
    // Something may be left of what an earlier one did not finish.
    this.#collectLater(COLLECT_AFTER_MS);
  }

  manifests(): readonly Manifest[] {
    return this.data.manifests;
  }

  has(name: PartName): boolean {
    return this.data.parts.has(name);
  }

  get(name: PartName, done: StoreCallback<Uint8Array | null>): void {
    const error = this.#fault;
    const bytes = this.data.parts.get(name) ?? null;
    const whole = bytes !== null && nameOfPart(bytes, this.#options.hasher) === name;
    if (bytes !== null && !whole) this.data.parts.delete(name);
    this.#answer(() => done(error, error === null && whole ? Uint8Array.from(bytes) : null));
  }

  put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void {
    for (const [name, bytes] of parts) {
      const actual = nameOfPart(bytes, this.#options.hasher);
      if (actual === name) continue;
      const message = `a part was put as ${name}, and its bytes are those of ${actual}: nothing was stored`;
      this.#answer(() => done(new SmaltiError('STORAGE_CORRUPT', message)));
      return;
    }
    const copies = [...parts].map(([name, bytes]) => [name, Uint8Array.from(bytes)] as const);
    this.#submit(() => this.#keep(copies), done);
  }

  commit(manifest: Manifest, done: StoreCallback): void {
    const kept = { ...manifest };
    let refused: SmaltiError | null = null;
    const commit = (): null => {
      const missing = this.#reached(kept.root, true);
      if (typeof missing === 'string') {
        const message = `the checkpoint at ${showCursor(kept.anchor)} is not whole: part ${missing} is missing`;
        refused = new SmaltiError('STORAGE_RANGE', message, { retryable: true, details: { part: missing } });
        return null;
      }
      const others = this.data.manifests.filter(({ anchor }) => anchor.index !== kept.anchor.index);
      this.data.manifests = [...others, kept].sort((a, b) => a.anchor.index - b.anchor.index);
      return null;
    };
    this.#submit(commit, (error) => done(error ?? refused));
  }

  drop(anchor: Cursor, done: StoreCallback): void {
    const drop = (): null => {
      this.data.manifests = this.data.manifests.filter((each) => !sameCursor(each.anchor, anchor));
      this.#collectLater(COLLECT_AFTER_MS);
      return null;
    };
    this.#submit(drop, done);
  }

  lease(root: PartName | null, untilMs: number): SnapshotLease {
    const lease: Lease = { root, until: untilMs, put: new Set() };
    this.#leases.add(lease);
    this.#collectLater(COLLECT_AFTER_MS);
    return {
      root,
      renew: (until) => {
        if (lease.until > this.#options.clock.now()) lease.until = Math.max(lease.until, until);
      },
      release: () => {
        if (this.#leases.delete(lease)) this.#collectLater(COLLECT_AFTER_MS);
      },
    };
  }

  close(done: StoreCallback): void {
    if (this.#fault !== null) {
      this.#answer(() => done(null));
      return;
    }
    this.#fault = new SmaltiError('STORAGE_CLOSED', 'the checkpoints are closed');
    this.#timer?.cancel();
    this.#queue.submit({ owner: this, keep: () => null, done });
  }

  /** Ends the store as a crash of its process would, for tests: what has not completed is lost, and nothing calls back. */
  crash(): void {
    this.#crashed = true;
    this.#queue.takeAll();
    this.#timer?.cancel();
    this.#fault = new SmaltiError('STORAGE_CLOSED', 'the store has crashed');
  }

  /** Lets the store fail for good, as a disk would, for tests. */
  fail(): void {
    const error = new SmaltiError('STORAGE_FAILED', 'a fault was planted');
    this.#fault = error;
    const underWay = this.#queue.takeAll();
    this.#answer(() => {
      for (const { done } of underWay) done(error);
    });
  }

  #submit(keep: () => SmaltiError | null, done: StoreCallback): void {
    const fault = this.#fault;
    if (fault !== null) this.#answer(() => done(fault));
    else this.#queue.submit({ owner: {}, keep, done });
  }

  #answer(work: () => void): void {
    this.#options.scheduler.nextTurn(() => {
      if (!this.#crashed) work();
    });
  }

  #keep(parts: readonly (readonly [PartName, Uint8Array])[]): SmaltiError | null {
    const { parts: kept } = this.data;
    const fresh = parts.filter(([name]) => !kept.has(name));
    const wanted = [...kept.values(), ...fresh.map(([, bytes]) => bytes)].reduce(
      (sum, { length }) => sum + length,
      0,
    );
    if (fresh.length > 0 && wanted > this.capacity) {
      const message = `no room: ${wanted} bytes of parts, and ${this.capacity} find room`;
      return new SmaltiError('STORAGE_FULL', message, { retryable: true });
    }
    for (const [name, bytes] of fresh) kept.set(name, bytes);
    for (const lease of this.#leases) for (const [name] of parts) lease.put.add(name);
    return null;
  }

  /** All parts that a root reaches; or, if every one has to be there, the name of one that is missing. */
  #reached(root: PartName, whole: boolean): ReadonlySet<PartName> | PartName {
    const { parts } = this.data;
    const reached = new Set<PartName>();
    try {
      const search = reach(root, this.#options.hasher, (name) => reached.has(name));
      for (let step = search.next(); step.done !== true; ) {
        if ('get' in step.value) {
          step = search.next(step.value.get.map((name) => parts.get(name) ?? null));
          continue;
        }
        const missing = step.value.names.find((name) => !parts.has(name));
        if (whole && missing !== undefined) return missing;
        for (const name of step.value.names) reached.add(name);
        step = search.next();
      }
    } catch (error) {
      if (!(error instanceof DamagedPart)) throw error;
      if (whole) return error.part;
    }
    return reached;
  }

  #collectLater(afterMs: number): void {
    if (this.#fault !== null) return;
    this.#timer?.cancel();
    this.#timer = this.#options.clock.setTimer(afterMs, () => this.#collect());
  }

  #collect(): void {
    const now = this.#options.clock.now();
    for (const lease of this.#leases) if (lease.until <= now) this.#leases.delete(lease);
    const leases = [...this.#leases];
    const roots = [
      ...this.data.manifests.map(({ root }) => root),
      ...leases.flatMap(({ root }) => root ?? []),
    ];
    const needed = new Set(leases.filter(({ root }) => root === null).flatMap(({ put }) => [...put]));
    for (const root of roots) for (const name of this.#reached(root, false)) needed.add(name as PartName);
    for (const name of this.data.parts.keys()) if (!needed.has(name)) this.data.parts.delete(name);
    const ends = leases.map(({ until }) => until - now);
    if (ends.length > 0) this.#collectLater(Math.min(DAY_MS, ...ends));
  }
}
