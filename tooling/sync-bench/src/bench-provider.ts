import {
  type AnyStateMachine,
  type Cursor,
  type Entry,
  type GroupLog,
  type Index,
  ORIGIN,
  type PeerId,
  type SnapshotStore,
  type SnapshotView,
  type SyncContext,
  type SyncProvider,
  type SyncProviderContext,
} from '@smalti/core';
import type { SimNode } from '@smalti/simulator';
import { viewOf } from './log-view.ts';
import { identityOf } from './source.ts';
import type { Said, SyncBench } from './sync-bench.ts';

/** What of the source a provider has: all by default. */
export interface ProviderPart {
  readonly last?: number;
  /** Entries before it are pruned. */
  readonly first?: number;
  /** Other entries than the source's. */
  readonly entries?: readonly Entry[];
}

/** A node that serves, with the switches that tests need. */
export class BenchProvider<M extends Said> {
  readonly id: PeerId;
  readonly log: GroupLog;
  bonded = true;
  paused = false;
  boot = 0;
  /** Counts bonds: what is on its way when one ends is lost. */
  epoch = 0;
  committed: Cursor;
  /** Bytes that the lane takes, both ways together, or null. */
  lane: number | null = null;
  inLane = 0;
  /** What its link carries, in bytes, or null for everything at once. */
  bytesPerMs: number | null = null;
  busyUntil = 0;
  /** How much longer its messages take. */
  extraMs = 0;
  /** Changes what it says. */
  lie: ((message: M) => M) | null = null;
  /** What it sends cannot be read. */
  garbled = false;
  /** How often the log was read. */
  reads = 0;
  provider: SyncProvider<AnyStateMachine, M>;
  #waiting: (() => void)[] = [];
  readonly #bench: SyncBench<M>;
  readonly #node: SimNode;
  readonly #snapshots: SnapshotView | null;

  /** @param store of its checkpoints, if it has one. */
  constructor(bench: SyncBench<M>, name: string, part: ProviderPart, store: SnapshotStore | null = null) {
    this.#bench = bench;
    this.id = identityOf(name).id;
    const { first = 1, last = bench.lastIndex(), entries = bench.source.slice(0, last) } = part;
    const { node, log } = bench.openLog(name, entries);
    this.#node = node;
    this.log = log;
    this.#snapshots = store === null ? null : this.#viewOf(store);
    if (first > 1) bench.sim.call((done) => log.prunePrefix((first - 1) as Index, done));
    this.committed = log.last.index === 0 ? ORIGIN : { ...log.last };
    this.provider = this.#make();
  }

  get cx(): SyncProviderContext<AnyStateMachine, M> {
    const provider = this;
    const { log } = this;
    return {
      ...this.#bench.common(this.id, this.#node),
      log: viewOf(log, (first, last, maxBytes, done) => {
        provider.reads++;
        log.read(first, last, maxBytes, (error, entries) => provider.#soon(() => done(error, entries)));
      }),
      snapshots: this.#snapshots,
      get committed() {
        return provider.committed;
      },
      get bonds() {
        return provider.bonded ? [identityOf(provider.#bench.joiner.id)] : [];
      },
      leader: () => this.#bench.leader,
      isLeader: () => this.#bench.leader === this.id,
      sendTo: (peer, message) => this.#bench.send(this.id, peer, message),
      broadcast: () => [],
      start: () => {},
      wakeAfter: (ms) => {
        this.#bench.sim.schedule(ms, 'wake', () => this.#soon(() => this.provider.poll?.(this.cx)));
      },
      feedCommand: () => false,
    };
  }

  take(message: M, from: PeerId): void {
    this.#soon(() => {
      this.provider.receive(message, from, this.cx);
      this.provider.poll?.(this.cx);
    });
  }

  /** The lane has room again. */
  writable(): void {
    this.#soon(() => this.provider.poll?.(this.cx));
    this.#bench.joiner.wake();
  }

  /** Its bond ends, and with it all that is on its way. */
  leave(): void {
    this.bonded = false;
    this.#unbond();
    this.provider.poll?.(this.cx);
    this.#bench.joiner.wake();
  }

  /** It is there again, as a new process. */
  restart(): void {
    this.provider.close?.();
    this.boot++;
    this.#unbond();
    this.bonded = true;
    this.paused = false;
    this.#waiting = [];
    this.provider = this.#make();
    this.#bench.joiner.wake();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    for (const work of this.#waiting.splice(0)) work();
  }

  /** It loses its log. */
  wipe(): void {
    this.log.write({ truncateFrom: (this.log.base.index + 1) as Index }, () => {});
    this.committed = { ...this.log.last };
  }

  /** Entries up to there are pruned. */
  prune(through: number): void {
    this.log.prunePrefix(through as Index, () => {});
  }

  #unbond(): void {
    this.epoch++;
    this.inLane = 0;
    this.busyUntil = 0;
  }

  #make(): SyncProvider<AnyStateMachine, M> {
    return this.#bench.strategy().createProvider(this.cx as SyncContext<AnyStateMachine, M>);
  }

  #viewOf(store: SnapshotStore): SnapshotView {
    return {
      manifests: () => store.manifests(),
      has: (name) => store.has(name),
      get: (name, done) => store.get(name, (error, bytes) => this.#soon(() => done(error, bytes))),
      lease: (root, until) => store.lease(root, until),
    };
  }

  /** What is done by a process that may be paused. */
  #soon(work: () => void): void {
    if (this.paused) this.#waiting.push(work);
    else work();
  }
}
