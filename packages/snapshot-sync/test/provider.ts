import {
  type AnyStateMachine,
  type Cursor,
  type Entry,
  type GroupLog,
  type Index,
  type LogView,
  ORIGIN,
  type PeerId,
  type SyncContext,
  type SyncProvider,
  type SyncProviderContext,
} from '@smalti/core';
import type { SimNode } from '@smalti/simulator';
import type { MemorySnapshotStore } from '@smalti/storage-memory';
import type { SnapshotSyncMessage } from '../src/index.ts';
import type { Bench } from './bench.ts';
import { type Checkpoint, identityOf } from './source.ts';

/** What a provider has. */
export interface ProviderPart {
  /** Default: all of the bench's. */
  readonly checkpoints?: readonly Checkpoint[];
  /** Entries before it are pruned. Default: those up to the last checkpoint. */
  readonly first?: number;
  /** Default: all. */
  readonly last?: number;
}

export type ProviderContext = SyncProviderContext<AnyStateMachine, SnapshotSyncMessage>;

/** A node that serves, with the switches that tests need. */
export class Provider {
  readonly id: PeerId;
  readonly log: GroupLog;
  readonly store: MemorySnapshotStore;
  bonded = true;
  paused = false;
  boot = 0;
  /** Counts bonds: what is on its way when one ends is lost. */
  epoch = 0;
  committed: Cursor;
  /** Bytes that the lane takes, both ways together, or null. */
  lane: number | null = null;
  inLane = 0;
  /** What its link carries, or null for everything at once. */
  bytesPerMs: number | null = null;
  busyUntil = 0;
  /** How much longer its messages take. */
  extraMs = 0;
  /** Changes what it says. */
  lie: ((message: SnapshotSyncMessage) => SnapshotSyncMessage) | null = null;
  /** What it sends cannot be read. */
  garbled = false;
  provider: SyncProvider<AnyStateMachine, SnapshotSyncMessage>;
  #waiting: (() => void)[] = [];
  readonly #bench: Bench;
  readonly #node: SimNode;

  constructor(bench: Bench, name: string, part: ProviderPart) {
    this.#bench = bench;
    this.id = identityOf(name).id;
    const { checkpoints = bench.checkpoints, last = bench.lastIndex() } = part;
    const { first = (checkpoints.at(-1)?.at.index ?? 0) + 1 } = part;
    const { node, log } = bench.openLog(name, bench.source.slice(0, last) as Entry[]);
    this.#node = node;
    this.log = log;
    this.store = bench.openStore(node, checkpoints);
    if (first > 1) bench.sim.call((done) => log.prunePrefix((first - 1) as Index, done));
    this.committed = log.last.index === 0 ? ORIGIN : { ...log.last };
    this.provider = this.#make();
  }

  get cx(): ProviderContext {
    const provider = this;
    const { sim } = this.#bench;
    const { log, store } = this;
    const view: LogView = {
      get base() {
        return log.base;
      },
      get last() {
        return log.last;
      },
      get available() {
        const first = (log.base.index + 1) as Index;
        return log.last.index < first ? null : { first, last: log.last.index };
      },
      termAt: (index) => log.termAt(index),
      read: (first, last, maxBytes, done) => {
        log.read(first, last, maxBytes, (error, entries) => provider.#soon(() => done(error, entries)));
      },
    };
    return {
      ...this.#bench.common(this.id, this.#node),
      log: view,
      snapshots: {
        manifests: () => store.manifests(),
        has: (name) => store.has(name),
        get: (name, done) => store.get(name, (error, bytes) => provider.#soon(() => done(error, bytes))),
        lease: (root, until) => store.lease(root, until),
      },
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
        sim.schedule(ms, 'wake', () => this.#soon(() => this.provider.poll?.(this.cx)));
      },
      feedCommand: () => false,
    };
  }

  take(message: SnapshotSyncMessage, from: PeerId): void {
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
    this.epoch++;
    this.inLane = 0;
    this.busyUntil = 0;
    this.provider.poll?.(this.cx);
    this.#bench.joiner.wake();
  }

  /** It is there again, as a new process. */
  restart(): void {
    this.provider.close?.();
    this.boot++;
    this.epoch++;
    this.inLane = 0;
    this.busyUntil = 0;
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

  /** It loses its checkpoints and its log. */
  wipe(): void {
    this.store.data.parts.clear();
    this.store.data.manifests = [];
    this.log.write({ truncateFrom: (this.log.base.index + 1) as Index }, () => {});
    this.committed = { ...this.log.last };
  }

  /** Another checkpoint is whole here, and older ones are dropped. */
  replace(checkpoint: Checkpoint, keep = 0): void {
    this.store.data.manifests = keep === 0 ? [] : this.store.data.manifests.slice(-keep);
    this.#bench.keep(this.store, checkpoint.parts, checkpoint.manifest);
    if (keep > 0) return;
    for (const name of [...this.store.data.parts.keys()]) {
      if (!checkpoint.parts.has(name)) this.store.data.parts.delete(name);
    }
  }

  #make(): SyncProvider<AnyStateMachine, SnapshotSyncMessage> {
    const { cx } = this;
    return this.#bench.strategy().createProvider(cx as SyncContext<AnyStateMachine, SnapshotSyncMessage>);
  }

  /** What is done by a process that may be paused. */
  #soon(work: () => void): void {
    if (this.paused) this.#waiting.push(work);
    else work();
  }
}
