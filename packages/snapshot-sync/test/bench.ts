import {
  type Anchor,
  type Entry,
  type GroupLog,
  type Index,
  type Logger,
  noopMachine,
  type PeerId,
  type SyncContext,
} from '@smalti/core';
import { type SimNode, Simulation, simHasher } from '@smalti/simulator';
import { MemorySnapshotStore, type MemorySnapshots, memoryStore } from '@smalti/storage-memory';
import { type SnapshotSyncMessage, type SnapshotSyncOptions, snapshotSync } from '../src/index.ts';
import { messageCodec } from '../src/messages.ts';
import { Joiner, type JoinerOptions } from './joiner.ts';
import { Provider, type ProviderPart } from './provider.ts';
import { type Checkpoint, group, identityOf, network } from './source.ts';

export const TIMING = { heartbeatMs: 50, electionMs: 500 };

export type BenchOptions = JoinerOptions & {
  readonly source: readonly Entry[];
  readonly checkpoints?: readonly Checkpoint[];
  readonly options?: SnapshotSyncOptions;
  readonly seed?: number;
  readonly leader?: string;
  readonly maxMessageBytes?: number;
  /** One way, in milliseconds. Default: 5. */
  readonly latencyMs?: number;
};

/** One message that was delivered. */
export interface Delivered {
  readonly at: number;
  readonly from: PeerId;
  readonly to: PeerId;
  readonly message: SnapshotSyncMessage;
}

/** A joiner and several providers, on virtual time. */
export class Bench {
  readonly sim: Simulation;
  readonly source: readonly Entry[];
  readonly checkpoints: readonly Checkpoint[];
  readonly options: SnapshotSyncOptions;
  readonly maxMessageBytes: number;
  readonly providers = new Map<PeerId, Provider>();
  joiner: Joiner;
  /** All that was delivered, in order. */
  readonly delivered: Delivered[] = [];
  /** What was logged as a warning. */
  readonly warnings: { readonly text: string; readonly peer: unknown }[] = [];
  leader: PeerId;
  /** What the leader has announced. */
  anchor: Anchor | null;
  readonly #latencyMs: number;

  constructor(options: BenchOptions) {
    this.sim = new Simulation({ seed: options.seed ?? 1 });
    this.source = options.source;
    this.checkpoints = options.checkpoints ?? [];
    const newest = this.checkpoints.at(-1);
    this.anchor = newest === undefined ? null : { at: newest.at, root: newest.root };
    // A quiet group, unless a test is about a busy one.
    this.options = { busyBytesPerSecond: 0, ...options.options };
    this.maxMessageBytes = options.maxMessageBytes ?? 4 * 1024 * 1024;
    this.#latencyMs = options.latencyMs ?? 5;
    this.leader = identityOf(options.leader ?? 'leader').id;
    this.joiner = new Joiner(this, options);
  }

  /** A provider with all checkpoints, and the source pruned up to the last one's anchor, unless it is told otherwise. */
  add(name: string, part: ProviderPart = {}): Provider {
    const provider = new Provider(this, name, part);
    this.providers.set(provider.id, provider);
    this.joiner.wake();
    return provider;
  }

  strategy() {
    return snapshotSync(this.options);
  }

  openLog(name: string, entries: readonly Entry[]): { node: SimNode; log: GroupLog } {
    const node = this.sim.node(name);
    const { random, scheduler } = node.ports;
    const store = memoryStore({ node: identityOf(name).id, random, scheduler });
    const log = this.sim.call<GroupLog>((done) => store.openGroup(group, done));
    if (entries.length > 0) this.sim.call((done) => log.write({ entries }, done));
    return { node, log };
  }

  openStore(node: SimNode, held: readonly Checkpoint[], data?: MemorySnapshots): MemorySnapshotStore {
    const { clock, scheduler } = node.ports;
    const store = new MemorySnapshotStore({
      clock,
      scheduler,
      hasher: simHasher,
      ...(data === undefined ? {} : { data }),
    });
    for (const { parts, manifest } of held) this.keep(store, parts, manifest);
    return store;
  }

  keep(store: MemorySnapshotStore, parts: Checkpoint['parts'], manifest: Checkpoint['manifest']): void {
    for (const [name, bytes] of parts) store.data.parts.set(name, bytes);
    store.data.manifests = [...store.data.manifests, manifest];
  }

  /** What the contexts of all have in common. */
  common(id: PeerId, node: SimNode) {
    return {
      machine: noopMachine() as unknown as SyncContext<never, never>['machine'],
      localId: id,
      groupId: group,
      networkId: network,
      clock: node.ports.clock,
      random: node.ports.random,
      hasher: simHasher,
      logger: this.#logger(),
      timing: TIMING,
      maxMessageBytes: this.maxMessageBytes,
    };
  }

  #logger(): Logger {
    const nothing = () => {};
    const warn: Logger['warn'] = (text, fields) => this.warnings.push({ text, peer: fields?.peer });
    return { debug: nothing, info: nothing, warn, error: nothing, with: () => this.#logger() };
  }

  /** Encodes, carries and delivers, as far as the network lets it. */
  send(from: PeerId, to: PeerId, message: SnapshotSyncMessage): boolean {
    const provider = this.providers.get(from === this.joiner.id ? to : from);
    if (provider?.bonded !== true) return false;
    const bytes = messageCodec.encode(message);
    if (bytes.length > this.maxMessageBytes) throw new RangeError(`a message of ${bytes.length} bytes`);
    if (provider.lane !== null && provider.inLane + bytes.length > provider.lane) return false;
    provider.inLane += bytes.length;
    const { epoch } = provider;
    // A link carries so much at a time, or everything would be there at once.
    const begin = Math.max(this.sim.now, provider.busyUntil);
    const takesMs = provider.bytesPerMs === null ? 0 : bytes.length / provider.bytesPerMs;
    provider.busyUntil = begin + takesMs;
    const delay = begin + takesMs - this.sim.now + this.#latencyMs + provider.extraMs;
    this.sim.schedule(delay, 'message', () => {
      provider.inLane -= bytes.length;
      if (provider.epoch === epoch && provider.bonded) this.#deliver(from, to, bytes, provider);
      provider.writable();
    });
    return true;
  }

  #deliver(from: PeerId, to: PeerId, bytes: Uint8Array, provider: Provider): void {
    if (to !== this.joiner.id) {
      const message = messageCodec.decode(bytes);
      this.delivered.push({ at: this.sim.now, from, to, message });
      provider.take(message, from);
      return;
    }
    if (provider.garbled) {
      this.joiner.unreadable(from);
      return;
    }
    const message = provider.lie?.(messageCodec.decode(bytes)) ?? messageCodec.decode(bytes);
    this.delivered.push({ at: this.sim.now, from, to, message });
    this.joiner.take(message, from);
  }

  /** Bytes of parts that were delivered, or of those of one peer. */
  partBytes(from?: string): number {
    return this.delivered
      .filter((each) => from === undefined || each.from === from)
      .flatMap(({ message }) => (message.type === 'parts' ? message.parts : []))
      .reduce((sum, { length }) => sum + length, 0);
  }

  /** How many requests for parts a peer was sent. */
  fetches(id: string): number {
    return this.delivered.filter(({ to, message }) => to === id && message.type === 'fetch').length;
  }

  /** Lets time pass, whether a session has ended or not. */
  pass(ms: number): void {
    this.sim.runSync(this.sim.now + ms);
  }

  /** Runs until the session has ended, or the time has passed. */
  run(ms = 60_000): void {
    this.#until(() => this.joiner.end !== null, ms);
  }

  /** Runs until such a share of the checkpoint's bytes is durable on the joiner. */
  runTo(share: number, ms = 60_000): void {
    const { bytes = 0 } = this.checkpoints.at(-1) ?? {};
    this.#until(() => this.joiner.end !== null || this.joiner.storedBytes >= share * bytes, ms);
  }

  #until(over: () => boolean, ms: number): void {
    const until = this.sim.now + ms;
    while (!over() && this.sim.now < until) {
      if (!this.sim.step()) break;
    }
  }

  lastIndex(): Index {
    return this.source.at(-1)?.index ?? (0 as Index);
  }
}
