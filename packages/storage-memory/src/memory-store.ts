import {
  type GroupId,
  type GroupLog,
  LogState,
  type LogStore,
  type PeerId,
  type PluginDescriptor,
  type Random,
  type Scheduler,
  SmaltiError,
  type StoreCallback,
  type StoreIdentity,
  toHex,
  toIncarnation,
} from '@smalti/core';
import type { MemoryData } from './memory-data.ts';
import { type LogHost, MemoryLog } from './memory-log.ts';
import { WriteQueue } from './write-queue.ts';

/** What a memory store is made with. */
export interface MemoryStoreOptions {
  /** Whose store it is. */
  readonly node: PeerId;
  /** Where a new incarnation comes from. */
  readonly random: Random;
  readonly scheduler: Scheduler;
  /** What an earlier store of this node kept. Default: nothing, so that an incarnation is minted. */
  readonly data?: MemoryData;
  /** Bytes of frames that find room, all groups together. Default: no bound. */
  readonly capacity?: number;
}

const DESCRIPTOR: PluginDescriptor = Object.freeze({
  name: '@smalti/storage-memory',
  version: '0.1.0',
  contract: 'log-store',
  contractVersion: 1,
});

/**
 * Makes a log store that lives in memory, for tests and for groups that need not outlive their processes. It keeps
 * every promise of the contract but durability, and says so (`durable: false`): its {@link MemoryStore.data} lives as
 * long as somebody holds it.
 *
 * @throws SmaltiError `STORAGE_FOREIGN` if the data is another node's, `STORAGE_LOCKED` if another store uses it.
 */
export function memoryStore(options: MemoryStoreOptions): MemoryStore {
  return new MemoryStore(options);
}

/** A {@link LogStore} in memory, with what tests need besides. */
export class MemoryStore implements LogStore {
  readonly descriptor = DESCRIPTOR;
  readonly durable = false;
  /** What completed. Hand it to the next store of this node, after `close` or `crash`. */
  readonly data: MemoryData;
  /** Bytes of frames that find room. A test may change it at any time. */
  capacity: number;
  readonly #scheduler: Scheduler;
  readonly #queue: WriteQueue;
  readonly #open = new Map<GroupId, MemoryLog>();
  readonly #host: LogHost;
  #fault: SmaltiError | null = null;
  #crashed = false;
  #onFault: ((error: SmaltiError) => void) | null = null;

  constructor(options: MemoryStoreOptions) {
    const { node, random, scheduler, data, capacity } = options;
    if (data !== undefined && data.identity.node !== node) {
      const message = `this log belongs to ${data.identity.node}, and this node is ${node}: give each node its own`;
      throw new SmaltiError('STORAGE_FOREIGN', message, { details: { owner: data.identity.node, node } });
    }
    if (data?.inUse) {
      throw new SmaltiError('STORAGE_LOCKED', `another store of ${node} uses this log: close that one first`);
    }
    const identity = data?.identity ?? { node, incarnation: toIncarnation(toHex(random.bytes(16))) };
    this.data = data ?? { identity, groups: new Map(), inUse: false };
    this.data.inUse = true;
    this.capacity = capacity ?? Number.POSITIVE_INFINITY;
    this.#scheduler = scheduler;
    this.#queue = new WriteQueue(scheduler, (log) => (log as MemoryLog).rollBack());
    this.#host = this.#makeHost();
  }

  get identity(): StoreIdentity {
    return this.data.identity;
  }

  get groups(): readonly GroupId[] {
    return [...this.data.groups.keys()];
  }

  openGroup(group: GroupId, done: StoreCallback<GroupLog>): void {
    const error = this.#fault ?? this.#openTwice(group);
    if (error !== null) {
      this.#answer(() => done(error, undefined as unknown as GroupLog));
      return;
    }
    const kept = this.data.groups.get(group) ?? new LogState();
    this.data.groups.set(group, kept);
    const log = new MemoryLog(group, kept, this.#host);
    this.#open.set(group, log);
    this.#answer(() => done(null, log));
  }

  onFault(listener: (error: SmaltiError) => void): void {
    this.#onFault = listener;
  }

  close(done: StoreCallback): void {
    if (this.#fault !== null) {
      const error = this.#fault;
      this.data.inUse = false;
      this.#answer(() => done(error.code === 'STORAGE_CLOSED' ? null : error));
      return;
    }
    this.#fault = new SmaltiError('STORAGE_CLOSED', `the store of ${this.identity.node} is closed`);
    const keep = (): null => {
      this.data.inUse = false;
      return null;
    };
    this.#queue.submit({ owner: this, keep, done });
  }

  /**
   * Ends the store as a crash of its process would, for tests: no callback comes any more, and of what was submitted
   * and has not completed the first `kept` changes happened to make it (default: none).
   */
  crash(kept = 0): void {
    this.#crashed = true;
    for (const change of this.#queue.takeAll().slice(0, kept)) change.keep();
    this.#fault = new SmaltiError('STORAGE_CLOSED', `the store of ${this.identity.node} has crashed`);
    this.data.inUse = false;
  }

  /** Lets the store fail for good, as a disk would, for tests: what is under way fails, and every later call. */
  fail(message = 'a fault was planted'): void {
    const error = new SmaltiError('STORAGE_FAILED', `${this.identity.node}: ${message}`, {
      outcome: 'unknown',
    });
    this.#fault = error;
    const underWay = this.#queue.takeAll();
    this.#answer(() => {
      for (const { done } of underWay) done(error);
      if (underWay.length === 0) this.#onFault?.(error);
    });
  }

  #openTwice(group: GroupId): SmaltiError | null {
    return this.#open.has(group)
      ? new SmaltiError('STORAGE_LOCKED', `the log of ${group} is open already`)
      : null;
  }

  #answer(work: () => void): void {
    this.#scheduler.nextTurn(() => {
      if (!this.#crashed) work();
    });
  }

  #makeHost(): LogHost {
    return {
      submit: (owner, keep, done) => this.#queue.submit({ owner, keep, done }),
      answer: (work) => this.#answer(work),
      fault: () => this.#fault,
      lacking: (bytes) => this.#lacking(bytes),
      closed: (log) => this.#open.delete(log.group),
    };
  }

  #lacking(bytes: number): SmaltiError | null {
    let used = 0;
    for (const log of this.data.groups.values()) used += log.bytes;
    if (used + bytes <= this.capacity) return null;
    const message = `no room for ${bytes} bytes: ${used} of ${this.capacity} are used`;
    return new SmaltiError('STORAGE_FULL', message, { retryable: true, outcome: 'not-applied' });
  }
}
