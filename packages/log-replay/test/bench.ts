import {
  type Entry,
  type GroupLog,
  type Index,
  noopMachine,
  type PeerId,
  type SyncContext,
  silentLogger,
} from '@smalti/core';
import { type SimNode, Simulation, simHasher } from '@smalti/simulator';
import { memoryStore } from '@smalti/storage-memory';
import { type LogReplayOptions, logReplay } from '../src/index.ts';
import { type LogReplayMessage, messageCodec } from '../src/messages.ts';
import { Joiner, type JoinerOptions } from './joiner.ts';
import { Provider, type ProviderPart } from './provider.ts';
import { group, identityOf, network } from './source.ts';

export const TIMING = { heartbeatMs: 50, electionMs: 500 };

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

export type BenchOptions = JoinerOptions & {
  readonly source: readonly Entry[];
  readonly seed?: number;
  readonly options?: LogReplayOptions;
  readonly conditions?: Conditions;
  readonly leader?: string;
  readonly maxMessageBytes?: number;
};

/** One message that was delivered. */
export interface Delivered {
  readonly at: number;
  readonly from: PeerId;
  readonly to: PeerId;
  readonly message: LogReplayMessage;
}

/** A joiner and several providers, on virtual time. */
export class Bench {
  readonly sim: Simulation;
  readonly source: readonly Entry[];
  readonly options: LogReplayOptions;
  readonly conditions: Conditions;
  readonly maxMessageBytes: number;
  readonly providers = new Map<PeerId, Provider>();
  readonly joiner: Joiner;
  /** All that was delivered, in order. */
  readonly delivered: Delivered[] = [];
  leader: PeerId;

  constructor(options: BenchOptions) {
    this.sim = new Simulation({ seed: options.seed ?? 1 });
    this.source = options.source;
    // A quiet group, unless a test is about a busy one.
    this.options = { busyBytesPerSecond: 0, ...options.options };
    this.conditions = options.conditions ?? {};
    this.maxMessageBytes = options.maxMessageBytes ?? 4 * 1024 * 1024;
    this.leader = identityOf(options.leader ?? 'leader').id;
    this.joiner = new Joiner(this, options);
  }

  /** A provider that has the source up to `last`, committed, pruned before `first`. */
  add(name: string, part: ProviderPart = {}): Provider {
    const provider = new Provider(this, name, part);
    this.providers.set(provider.id, provider);
    this.joiner.wake();
    return provider;
  }

  strategy() {
    return logReplay(this.options);
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
      snapshots: null,
      groupId: group,
      networkId: network,
      clock: node.ports.clock,
      random: node.ports.random,
      hasher: simHasher,
      logger: silentLogger,
      timing: TIMING,
      maxMessageBytes: this.maxMessageBytes,
    };
  }

  /** Encodes, carries and delivers, as far as the network lets it. */
  send(from: PeerId, to: PeerId, message: LogReplayMessage): boolean {
    const provider = this.providers.get(from === this.joiner.id ? to : from);
    if (provider?.bonded !== true) return false;
    const bytes = messageCodec.encode(message);
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
    const delay = () => latencyMs + provider.extraMs + this.sim.random.next() * jitterMs;
    if (this.sim.random.next() < doubled) this.sim.schedule(delay(), 'double', arrive(false));
    if (this.sim.random.next() >= lost) this.sim.schedule(delay(), 'message', arrive(true));
    else provider.inLane -= bytes.length;
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
    const until = this.sim.now + ms;
    while (this.joiner.end === null && this.sim.now < until) {
      if (!this.sim.step()) break;
    }
  }

  /** Runs until the joiner holds so many entries. */
  runTo(index: number, ms = 60_000): void {
    const until = this.sim.now + ms;
    while (this.joiner.verified.index < index && this.joiner.end === null && this.sim.now < until) {
      if (!this.sim.step()) break;
    }
  }

  lastIndex(): Index {
    return this.source.at(-1)?.index ?? (0 as Index);
  }
}
