import {
  type Anchor,
  type AnyStateMachine,
  type Codec,
  type Entry,
  type GroupLog,
  type Index,
  type Logger,
  noopMachine,
  type PeerId,
  type StateSync,
  type SyncContext,
} from '@smalti/core';
import { type SimNode, Simulation, simHasher } from '@smalti/simulator';
import { memoryStore } from '@smalti/storage-memory';
import type { BenchJoiner } from './bench-joiner.ts';
import type { BenchProvider, ProviderPart } from './bench-provider.ts';
import { group, identityOf, network } from './source.ts';

export const TIMING = { heartbeatMs: 50, electionMs: 500 };

/** A message of a strategy, told apart by its type. */
export interface Said {
  readonly type: string;
}

/** How messages travel. Times in milliseconds of virtual time. */
export interface Conditions {
  /** One way. Default: 5. */
  latencyMs?: number;
  /** The most by which a message is late, at random: messages overtake each other. Default: 0. */
  jitterMs?: number;
  /** The share of messages that is lost, and that comes twice. Default: 0. */
  lost?: number;
  doubled?: number;
}

export interface SyncBenchOptions {
  readonly source: readonly Entry[];
  readonly seed?: number;
  readonly conditions?: Conditions;
  readonly leader?: string;
  readonly maxMessageBytes?: number;
}

/** One message that was delivered. */
export interface Delivered<M> {
  readonly at: number;
  readonly from: PeerId;
  readonly to: PeerId;
  readonly message: M;
}

/** A joiner and several providers, on virtual time. */
export abstract class SyncBench<
  M extends Said,
  P extends BenchProvider<M> = BenchProvider<M>,
  Part extends ProviderPart = ProviderPart,
> {
  readonly sim: Simulation;
  readonly source: readonly Entry[];
  readonly conditions: Conditions;
  readonly maxMessageBytes: number;
  readonly providers = new Map<PeerId, P>();
  abstract readonly joiner: BenchJoiner<M>;
  /** All that was delivered, in order. */
  readonly delivered: Delivered<M>[] = [];
  /** What was logged as a warning. */
  readonly warnings: { readonly text: string; readonly peer: unknown }[] = [];
  leader: PeerId;
  /** The checkpoint that the leader has announced. */
  anchor: Anchor | null = null;
  #codec: Codec<M> | null = null;

  constructor({ source, seed = 1, conditions = {}, leader = 'leader', maxMessageBytes }: SyncBenchOptions) {
    this.sim = new Simulation({ seed });
    this.source = source;
    this.conditions = conditions;
    this.maxMessageBytes = maxMessageBytes ?? 4 * 1024 * 1024;
    this.leader = identityOf(leader).id;
  }

  /** As all nodes have it. */
  abstract strategy(): StateSync<AnyStateMachine, M>;

  protected abstract make(name: string, part?: Part): P;

  /** One more node that serves. */
  add(name: string, part?: Part): P {
    const provider = this.make(name, part);
    this.providers.set(provider.id, provider);
    this.joiner.wake();
    return provider;
  }

  openLog(name: string, entries: readonly Entry[]): { node: SimNode; log: GroupLog } {
    const node = this.sim.node(name);
    const { random, scheduler } = node.ports;
    const store = memoryStore({ node: identityOf(name).id, random, scheduler });
    const log = this.sim.call<GroupLog>((done) => store.openGroup(group, done));
    if (entries.length > 0) this.sim.call((done) => log.write({ entries }, done));
    return { node, log };
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
  send(from: PeerId, to: PeerId, message: M): boolean {
    const provider = this.providers.get(from === this.joiner.id ? to : from);
    if (provider?.bonded !== true) return false;
    this.#codec ??= this.strategy().messages(1);
    const bytes = this.#codec.encode(message);
    if (bytes.length > this.maxMessageBytes) throw new RangeError(`a message of ${bytes.length} bytes`);
    if (provider.lane !== null && provider.inLane + bytes.length > provider.lane) return false;
    const { latencyMs = 5, jitterMs = 0, lost = 0, doubled = 0 } = this.conditions;
    provider.inLane += bytes.length;
    const { epoch } = provider;
    const arrive = (last: boolean) => () => {
      if (last) provider.inLane -= bytes.length;
      if (provider.epoch === epoch && provider.bonded) this.#deliver(from, to, bytes, provider);
      if (last) provider.writable();
    };
    // A link carries so much at a time, or everything would be there at once.
    const begin = Math.max(this.sim.now, provider.busyUntil);
    provider.busyUntil = begin + (provider.bytesPerMs === null ? 0 : bytes.length / provider.bytesPerMs);
    const carryMs = provider.busyUntil - this.sim.now;
    const delay = () => carryMs + latencyMs + provider.extraMs + this.sim.random.next() * jitterMs;
    if (this.sim.random.next() < doubled) this.sim.schedule(delay(), 'double', arrive(false));
    if (this.sim.random.next() >= lost) this.sim.schedule(delay(), 'message', arrive(true));
    else provider.inLane -= bytes.length;
    return true;
  }

  #deliver(from: PeerId, to: PeerId, bytes: Uint8Array, provider: P): void {
    const codec = this.#codec as Codec<M>;
    if (to !== this.joiner.id) {
      const message = codec.decode(bytes);
      this.delivered.push({ at: this.sim.now, from, to, message });
      provider.take(message, from);
      return;
    }
    if (provider.garbled) {
      this.joiner.unreadable(from);
      return;
    }
    const message = provider.lie?.(codec.decode(bytes)) ?? codec.decode(bytes);
    this.delivered.push({ at: this.sim.now, from, to, message });
    this.joiner.take(message, from);
  }

  /** How many requests a peer was sent. */
  fetches(id: string): number {
    return this.delivered.filter(({ to, message }) => to === id && message.type === 'fetch').length;
  }

  /** Lets time pass, whether a session has ended or not. */
  pass(ms: number): void {
    this.sim.runSync(this.sim.now + ms);
  }

  /** Runs until the session has ended, or the time has passed. */
  run(ms = 60_000): void {
    this.runUntil(() => false, ms);
  }

  /** Runs until that is so, the session has ended, or the time has passed. */
  protected runUntil(over: () => boolean, ms: number): void {
    const until = this.sim.now + ms;
    while (!over() && this.joiner.end === null && this.sim.now < until) {
      if (!this.sim.step()) break;
    }
  }

  lastIndex(): Index {
    return this.source.at(-1)?.index ?? (0 as Index);
  }
}
