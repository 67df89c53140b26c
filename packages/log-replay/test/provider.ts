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
import type { LogReplayMessage } from '../src/messages.ts';
import type { Bench } from './bench.ts';
import { identityOf } from './source.ts';

/** What of the source a provider has: all by default. */
export interface ProviderPart {
  readonly last?: number;
  /** Entries before it are pruned. */
  readonly first?: number;
  /** Other entries than the source's. */
  readonly entries?: readonly Entry[];
}

type Context = SyncProviderContext<AnyStateMachine, LogReplayMessage>;

/** A node that serves, with the switches that tests need. */
export class Provider {
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
  /** How much longer its messages take. */
  extraMs = 0;
  /** Changes what it says. */
  lie: ((message: LogReplayMessage) => LogReplayMessage) | null = null;
  /** What it sends cannot be read. */
  garbled = false;
  reads = 0;
  #provider: SyncProvider<AnyStateMachine, LogReplayMessage>;
  #waiting: (() => void)[] = [];
  readonly #bench: Bench;
  readonly #node: SimNode;

  constructor(bench: Bench, name: string, part: ProviderPart) {
    this.#bench = bench;
    this.id = identityOf(name).id;
    const { first = 1, last = bench.lastIndex(), entries = bench.source.slice(0, last) } = part;
    const { node, log } = bench.openLog(name, entries);
    this.#node = node;
    this.log = log;
    if (first > 1) bench.sim.call((done) => log.prunePrefix((first - 1) as Index, done));
    this.committed = log.last.index === 0 ? ORIGIN : { ...log.last };
    this.#provider = this.#make();
  }

  get cx(): Context {
    const provider = this;
    const { sim } = this.#bench;
    const { log } = this;
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
        provider.reads++;
        log.read(first, last, maxBytes, (error, entries) => provider.#soon(() => done(error, entries)));
      },
    };
    return {
      ...this.#bench.common(this.id, this.#node),
      log: view,
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
        sim.schedule(ms, 'wake', () => this.#soon(() => this.#provider.poll?.(this.cx)));
      },
      feedCommand: () => false,
    };
  }

  take(message: LogReplayMessage, from: PeerId): void {
    this.#soon(() => {
      this.#provider.receive(message, from, this.cx);
      this.#provider.poll?.(this.cx);
    });
  }

  /** The lane has room again. */
  writable(): void {
    this.#soon(() => this.#provider.poll?.(this.cx));
    this.#bench.joiner.wake();
  }

  /** Its bond ends, and with it all that is on its way. */
  leave(): void {
    this.bonded = false;
    this.epoch++;
    this.inLane = 0;
    this.#provider.poll?.(this.cx);
    this.#bench.joiner.wake();
  }

  /** It is there again, as a new process. */
  restart(): void {
    this.#provider.close?.();
    this.boot++;
    this.epoch++;
    this.inLane = 0;
    this.bonded = true;
    this.paused = false;
    this.#waiting = [];
    this.#provider = this.#make();
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

  #make(): SyncProvider<AnyStateMachine, LogReplayMessage> {
    const { cx } = this;
    return this.#bench.strategy().createProvider(cx as SyncContext<AnyStateMachine, LogReplayMessage>);
  }

  /** What is done by a process that may be paused. */
  #soon(work: () => void): void {
    if (this.paused) this.#waiting.push(work);
    else work();
  }
}
