import {
  type BondLimits,
  type Logger,
  type LogStore,
  type StateMachine,
  silentLogger,
  silentMeter,
  type Transport,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { logReplay } from '@smalti/log-replay';
import { type AnyStateSync, createNode, type Group, type JoinOptions, type SmaltiNode } from '@smalti/raft';
import { type SimNode, Simulation, type SimulationOptions } from '@smalti/simulator';
import { type MemoryData, MemoryStore, memoryStore } from '@smalti/storage-memory';
import { openWal } from '@smalti/storage-wal';
import { type Hub, memoryHub } from '@smalti/transport-memory';

export const KEY = new TextEncoder().encode('a group key of the tests');

/** How a cluster is made. */
export interface SimClusterOptions<Machine> {
  readonly size: number;
  readonly machine: () => Machine;
  readonly storage?: 'memory' | 'wal';
  readonly simulation?: SimulationOptions;
  /** What every node joins with, besides what the harness fills in. */
  readonly join?: JoinExtras;
  /** How a node catches up, asked at each start of it. Default: log replay. */
  readonly sync?: (id: string) => readonly AnyStateSync[];
  /** Stands between a node and its transport, at each start of it. */
  readonly tap?: (transport: Transport, id: string) => Transport;
  readonly bonds?: Partial<BondLimits>;
  /** Where a node's log goes, asked at each start of it. Default: nowhere. */
  readonly logger?: (id: string) => Logger;
}

/** What a test may want otherwise of how a node joins. */
export type JoinExtras = Partial<Omit<JoinOptions<never, never, never>, 'machine'>>;

/** One node of the cluster: the machine it runs on outlives its processes. */
export interface Member<C, Q, R, Machine> {
  readonly id: string;
  readonly sim: SimNode;
  /** The process that the following are of: while a new one starts, they are of one that is dead. */
  readonly process: SimNode['process'];
  /** Of the process that runs. */
  machine: Machine;
  group: Group<C, Q, R>;
  node: SmaltiNode;
  store: LogStore;
  readonly faults: string[];
  /** What a memory store keeps over a crash. */
  data: MemoryData | null;
}

function isUp({ sim, process }: { readonly sim: SimNode; readonly process: SimNode['process'] }): boolean {
  return sim.running && sim.process === process;
}

/** Whole nodes, of the real parts, on virtual time. */
export class SimCluster<C, Q, R, Machine extends StateMachine<C, Q, R>> {
  readonly sim: Simulation;
  readonly hub: Hub;
  readonly members = new Map<string, Member<C, Q, R, Machine>>();
  readonly #options: SimClusterOptions<Machine>;

  constructor(options: SimClusterOptions<Machine>) {
    this.#options = options;
    this.sim = new Simulation(options.simulation);
    const world = this.sim.node('world').ports;
    this.hub = memoryHub({
      ...world,
      medium: this.sim.network,
      ...(options.bonds === undefined ? {} : { limits: options.bonds }),
    });
  }

  /** Starts nodes n1, n2, …; n1 founds the cluster. */
  async start(): Promise<this> {
    for (const id of this.ids) await this.boot(id, { bootstrap: id === 'n1' });
    return this;
  }

  /** Starts it, and waits until it has a leader and every node is a member. */
  async ready(): Promise<this> {
    await this.start();
    await this.untilLeader();
    await this.converge();
    return this;
  }

  get ids(): string[] {
    return Array.from({ length: this.#options.size }, (_, i) => `n${i + 1}`);
  }

  member(id: string): Member<C, Q, R, Machine> {
    const member = this.members.get(id);
    if (member === undefined) throw new Error(`no member ${id}`);
    return member;
  }

  get running(): Member<C, Q, R, Machine>[] {
    return [...this.members.values()].filter((member) => isUp(member) && member.faults.length === 0);
  }

  /** The node that leads, if exactly one of the highest term says so. */
  get leader(): Member<C, Q, R, Machine> | null {
    const leaders = this.running.filter((member) => member.group.status().role === 'leader');
    leaders.sort((a, b) => b.group.status().term - a.group.status().term);
    return leaders[0] ?? null;
  }

  async untilLeader(limitMs = 20_000): Promise<Member<C, Q, R, Machine>> {
    const found = await this.sim.runUntil(() => {
      const { leader } = this;
      return leader !== null && leader.group.status().committed.term === leader.group.status().term;
    }, limitMs);
    if (!found || this.leader === null)
      throw new Error(`no leader within ${limitMs} virtual ms\n${this.show()}`);
    return this.leader;
  }

  /** Starts a process on a machine, with what is on its disk. */
  async boot(id: string, join: JoinExtras = {}): Promise<Member<C, Q, R, Machine>> {
    const sim = this.sim.node(id);
    const ports = sim.running && !this.members.has(id) ? sim.ports : sim.restart();
    const old = this.members.get(id);
    this.hub.kill(id);
    const store = await this.#openStore(id, old?.data ?? null);
    const logger = this.#options.logger?.(id) ?? silentLogger;
    const platform = { ...ports, logger, meter: silentMeter };
    const bare = this.hub.transport(id, ports);
    const transport = this.#options.tap?.(bare, id) ?? bare;
    const node = createNode({ network: toNetworkId('test'), platform, store, transport });
    const machine = this.#options.machine();
    const group = await this.sim.complete(node.join({ ...this.joinOptions(id), machine, ...join }));
    const faults: string[] = [];
    void node.failed.then((error) => faults.push(`${error.code}: ${error.message}`));
    const data = store instanceof MemoryStore ? store.data : null;
    const { process } = sim;
    const member = { id, sim, process, machine, group, node, store, faults, data };
    this.members.set(id, member);
    return member;
  }

  /** What a node joins with. */
  joinOptions(id: string): JoinOptions<C, Q, R> {
    const machine = this.members.get(id)?.machine ?? this.#options.machine();
    const peers = Object.fromEntries(this.ids.map((peer) => [peer, peer]));
    const sync = this.#options.sync?.(id) ?? [logReplay()];
    return { keys: [KEY], machine, sync, peers, ...this.#options.join };
  }

  async #openStore(id: string, data: MemoryData | null): Promise<LogStore> {
    const { ports } = this.sim.node(id);
    const node = toPeerId(id);
    if (this.#options.storage === 'wal') {
      return await this.sim.complete(openWal({ ...ports, node, options: { segmentBytes: 64 * 1024 } }));
    }
    return memoryStore({ ...ports, node, ...(data === null ? {} : { data }) });
  }

  /** As a loss of power: what was not on the disk may be lost. */
  crash(id: string): void {
    const { sim, store } = this.member(id);
    sim.crash();
    this.hub.kill(id);
    if (store instanceof MemoryStore) store.crash();
  }

  /** As `kill -9`. */
  kill(id: string): void {
    const { sim, store } = this.member(id);
    sim.kill();
    this.hub.kill(id);
    if (store instanceof MemoryStore) store.crash();
  }

  /** The store of a node, where it is a memory store. */
  memory(id: string): MemoryStore {
    const { store } = this.member(id);
    if (!(store instanceof MemoryStore)) throw new Error(`${id} has no memory store`);
    return store;
  }

  /** Every other node. */
  others(member: Member<C, Q, R, Machine>): Member<C, Q, R, Machine>[] {
    return [...this.members.values()].filter((other) => other.id !== member.id);
  }

  /** Cuts a node off from all others. */
  isolate(id: string): void {
    this.sim.network.partition([[id]]);
  }

  heal(): void {
    this.sim.network.heal();
  }

  /** As a new machine under the old name. */
  wipe(id: string): void {
    const member = this.member(id);
    member.data = null;
    const { disk } = member.sim;
    for (const path of disk.paths()) this.sim.call<void>((done) => disk.unlink(path, done));
  }

  /** Every running node has applied the same, up to the same index. */
  async converge(limitMs = 20_000): Promise<void> {
    const same = (): boolean => {
      const all = this.running.map((member) => member.group.status());
      const end = Math.max(...all.map((s) => Math.max(s.log.last, s.committed.index)));
      return all.length > 0 && all.every((s) => s.applied.index === end && s.log.last === end);
    };
    if (!(await this.sim.runUntil(same, limitMs))) throw new Error(`not converged\n${this.show()}`);
  }

  /** For people. */
  show(): string {
    return [...this.members.values()]
      .map((member) => {
        const s = member.group.status();
        const state = isUp(member) ? s.role : 'down';
        const why = [s.trouble, ...member.faults].filter((text) => text !== null).join('; ');
        const bonds = s.bonds.map((bond) => bond.id).join(',');
        return `${member.id} ${state} term ${s.term} leader ${s.leader} log ${s.log.last} commit ${s.committed.index} applied ${s.applied.index} bonds ${bonds} ${why}`;
      })
      .join('\n');
  }
}
