import {
  type AnyStateMachine,
  type GroupLog,
  type Index,
  type LogStore,
  type StateSync,
  type StoreCallback,
  silentLogger,
  silentMeter,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { createNode, type Group, type GroupStatus, type SyncTotals } from '@smalti/raft';
import { type SimNetworkOptions, type SimNode, Simulation, simHasher } from '@smalti/simulator';
import {
  type MemoryData,
  MemorySnapshotStore,
  type MemorySnapshots,
  type MemoryStore,
  memoryStore,
} from '@smalti/storage-memory';
import { type Hub, memoryHub } from '@smalti/transport-memory';
import { ComplianceError } from '../suite/expect.ts';
import type { StateSyncFactory } from './factory.ts';
import { type Item, Ledger } from './ledger.ts';
import { Observer } from './observer.ts';
import { pacedStore } from './paced-store.ts';
import { Tampering } from './tampering.ts';

// biome-ignore lint/suspicious/noExplicitAny: messages are the strategy's own matter
export type AnyFactory = StateSyncFactory<any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyStrategy = StateSync<AnyStateMachine, any>;

const KEY = new TextEncoder().encode('the key of a group of the suite');
/** Quick elections, so that leaders can change often. */
export const HEARTBEAT_MS = 50;
const TIMING = { heartbeatMs: HEARTBEAT_MS, electionMinMs: 250, electionMaxMs: 500 };
/** How often a case looks whether something holds, in virtual milliseconds. */
const LOOK_MS = 5;
/** So that a strategy needs many messages for a gap, whatever its options. */
const MESSAGE_BYTES = 16 * 1024;

/** How a cluster is made. */
export interface ClusterOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Default 5. */
  readonly size?: number;
  /** The longest message that the transport carries. Default 16 KiB. */
  readonly messageBytes?: number;
  readonly network?: SimNetworkOptions;
  /** Milliseconds that a write of 1 KiB to a node's disk takes; none is faster than one. Default: no time. */
  readonly diskMsPerKib?: (node: string) => number;
  /** Whether nodes keep checkpoints, one for every 50 entries, and prune their logs. Default: they do not. */
  readonly checkpoints?: boolean;
  /** Another strategy than the factory's, for that node. */
  readonly strategy?: (node: string, usual: AnyStrategy) => AnyStrategy;
}

/** One node: what it runs on outlives its processes. */
export interface ClusterMember {
  readonly id: string;
  readonly sim: SimNode;
  readonly machine: Ledger;
  readonly group: Group<Item, number, number>;
  readonly store: MemoryStore;
  /** Null if it keeps no checkpoints. */
  readonly snapshots: MemorySnapshotStore | null;
  readonly faults: string[];
  /** The logs that its store has opened. */
  readonly logs: readonly GroupLog[];
}

const NO_TOTALS: SyncTotals = {
  sessions: 0,
  done: 0,
  failed: 0,
  entries: 0,
  bySource: {},
  buffered: 0,
  dropped: 0,
};

/** Whole nodes on virtual time, each with the strategy under test as its only way to catch up. */
export class SyncCluster {
  readonly sim: Simulation;
  readonly observer: Observer;
  readonly tampering: Tampering;
  readonly members = new Map<string, ClusterMember>();
  readonly #factory: AnyFactory;
  readonly #options: ClusterOptions;
  readonly #hub: Hub;
  readonly #disks = new Map<string, MemoryData>();
  readonly #checkpoints = new Map<string, MemorySnapshots>();

  constructor(factory: AnyFactory, options: ClusterOptions) {
    const { seed = 1, messageBytes = MESSAGE_BYTES, network } = options;
    this.#factory = factory;
    this.#options = options;
    const conditions = { delay: [0.5, 2], bytesPerMs: 256, detectionMs: 200, ...network } as const;
    this.sim = new Simulation({ seed, network: conditions, microtaskTurns: 8 });
    this.tampering = new Tampering(this.sim);
    this.observer = new Observer({
      now: () => this.sim.now,
      isAlive: (node) => {
        const { process } = this.sim.node(node);
        return () => process.alive;
      },
    });
    this.#hub = memoryHub({
      ...this.sim.node('world').ports,
      medium: this.sim.network,
      limits: { maxMessageBytes: messageBytes, bulkQueueBytes: 4 * messageBytes },
    });
  }

  get ids(): readonly string[] {
    return Array.from({ length: this.#options.size ?? 5 }, (_, i) => `n${i + 1}`);
  }

  /** Founds the cluster, and waits until every node is a member. */
  async ready(): Promise<this> {
    for (const id of this.ids) await this.boot(id);
    await this.untilLeader();
    await this.converge();
    return this;
  }

  member(id: string): ClusterMember {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`no member ${id}`);
    return member;
  }

  get running(): ClusterMember[] {
    return [...this.members.values()].filter(({ sim, faults }) => sim.running && faults.length === 0);
  }

  status(id: string): GroupStatus {
    return this.member(id).group.status();
  }

  totals(id: string): SyncTotals {
    return this.status(id).sync?.totals ?? NO_TOTALS;
  }

  /** The node of the highest term that leads. */
  get leader(): ClusterMember | null {
    const leaders = this.running.filter(({ id }) => this.status(id).role === 'leader');
    leaders.sort((a, b) => this.status(b.id).term - this.status(a.id).term);
    return leaders[0] ?? null;
  }

  async untilLeader(): Promise<ClusterMember> {
    await this.until('a leader', () => {
      const { leader } = this;
      if (leader === null) return false;
      const { committed, term } = this.status(leader.id);
      return committed.term === term;
    });
    if (this.leader === null) throw new Error('no leader');
    return this.leader;
  }

  /** Starts a process, with what is on the node's disk. */
  async boot(id: string): Promise<ClusterMember> {
    const sim = this.sim.node(id);
    const old = this.members.get(id);
    const ports = old === undefined ? sim.ports : sim.restart();
    this.#hub.kill(id);
    const data = this.#disks.get(id);
    const store = memoryStore({ ...ports, node: toPeerId(id), ...(data && { data }) });
    this.#disks.set(id, store.data);
    const logs: GroupLog[] = [];
    const msPerKib = this.#options.diskMsPerKib?.(id) ?? 0;
    const paced: LogStore = pacedStore(store, ports.clock, msPerKib, (log) => logs.push(log));
    const snapshots = this.#snapshots(id, ports);
    const transport = this.tampering.wrap(this.#hub.transport(id, ports), id);
    const platform = { ...ports, logger: silentLogger, meter: silentMeter };
    const node = createNode({ network: toNetworkId('compliance'), platform, store: paced, transport });
    const machine = new Ledger();
    const group = await this.sim.complete(
      node.join<Item, number, number>({
        keys: [KEY],
        machine,
        sync: [this.observer.of(this.#strategy(id), id)],
        peers: Object.fromEntries(this.ids.map((peer) => [peer, peer])),
        bootstrap: old === undefined && id === this.ids[0],
        ...(snapshots && { checkpoints: { store: snapshots, everyEntries: 50, keepBytes: 0 } }),
        timing: TIMING,
        // Whatever is committed and is not the newest entry has to be fetched.
        limits: { windowBytes: 1, maxAppendBytes: MESSAGE_BYTES / 4 },
      }),
    );
    const faults: string[] = [];
    void node.failed.then((error) => faults.push(`${error.code}: ${error.message}`));
    const member = { id, sim, machine, group, store, snapshots, faults, logs };
    this.members.set(id, member);
    return member;
  }

  #snapshots(id: string, { clock, scheduler }: SimNode['ports']): MemorySnapshotStore | null {
    if (this.#options.checkpoints !== true) return null;
    const data = this.#checkpoints.get(id);
    const store = new MemorySnapshotStore({ clock, scheduler, hasher: simHasher, ...(data && { data }) });
    this.#checkpoints.set(id, store.data);
    return store;
  }

  #strategy(id: string): AnyStrategy {
    const usual = this.#factory.create(id);
    return this.#options.strategy?.(id, usual) ?? usual;
  }

  /** As `kill -9`. */
  kill(id: string): void {
    const { sim, store, snapshots } = this.member(id);
    if (!sim.running) return;
    sim.kill();
    this.#hub.kill(id);
    store.crash();
    snapshots?.crash();
  }

  /** Kills it, and takes its disk: what starts next is a new machine under the old name. */
  wipe(id: string): void {
    this.kill(id);
    this.#disks.delete(id);
    this.#checkpoints.delete(id);
  }

  /** Removes what the node has committed but for the newest entry, behind its back, as a pruning at the worst moment. */
  async prune(id: string): Promise<void> {
    const [log] = this.member(id).logs;
    if (log === undefined) throw new Error(`${id} has no log`);
    const through = (this.status(id).committed.index - 1) as Index;
    await this.sim.complete(
      new Promise<void>((resolve, reject) => {
        const done: StoreCallback = (error) => (error === null ? resolve() : reject(error));
        log.prunePrefix(through, done);
      }),
    );
  }

  /** Lets time go on until it holds. @throws ComplianceError if it does not in that many virtual milliseconds. */
  async until(what: string, holds: () => boolean, limitMs = 20_000): Promise<void> {
    const end = this.sim.now + limitMs;
    while (!holds()) {
      if (this.sim.now >= end) {
        throw new ComplianceError(`not within ${limitMs} virtual ms: ${what}\n${this.show()}`);
      }
      await this.sim.runFor(LOOK_MS);
    }
  }

  /** Until all that run hold and have applied the same. */
  async converge(limitMs = 20_000): Promise<void> {
    await this.until(
      'all nodes are equal',
      () => {
        const all = this.running.map(({ id }) => this.status(id));
        const end = Math.max(...all.map(({ log, committed }) => Math.max(log.last, committed.index)));
        return all.length > 0 && all.every(({ applied, log }) => applied.index === end && log.last === end);
      },
      limitMs,
    );
  }

  /** For people. */
  show(): string {
    const lines = [...this.members.values()].map(({ id, sim, faults, group }) => {
      const { role, term, log, committed, applied, trouble, sync } = group.status();
      const state = sim.running ? role : 'down';
      const session = sync?.session ? ` a session, verified ${sync.session.verified.index}` : '';
      const { sessions, done, failed } = sync?.totals ?? NO_TOTALS;
      const why = [sync?.failure?.message, trouble, ...faults].filter((text) => text != null).join('; ');
      const where = `log ${log.last} commit ${committed.index} applied ${applied.index}`;
      return `${id} ${state} term ${term} ${where} sessions ${sessions}/${done}/${failed}${session} ${why}`;
    });
    return lines.join('\n');
  }
}

/** A strategy as an object of its own members, to replace some of them. */
export function copyOf(strategy: AnyStrategy): AnyStrategy {
  const { descriptor, name, wireVersions, signature } = strategy;
  return {
    descriptor,
    name,
    wireVersions,
    signature,
    messages: (version) => strategy.messages(version),
    createProvider: (context) => strategy.createProvider(context),
    createSession: (...given) => strategy.createSession(...given),
  };
}
