import {
  type AnyStateMachine,
  ByteReader,
  ByteWriter,
  type Codec,
  type StateMachine,
  type StateSync,
  silentLogger,
  silentMeter,
  toNetworkId,
  toPeerId,
} from '@smalti/core';
import { createNode, type Group, type SyncStatus } from '@smalti/raft';
import { Simulation } from '@smalti/simulator';
import { type MemoryStore, memoryStore } from '@smalti/storage-memory';
import { memoryHub } from '@smalti/transport-memory';

/** Any strategy, whatever it says to itself. */
// biome-ignore lint/suspicious/noExplicitAny: a list of strategies with different messages
export type Strategy = StateSync<AnyStateMachine, any>;

const numbers: Codec<number> = {
  encode: (value) => new ByteWriter(8).varint(value).finish(),
  decode: (bytes) => new ByteReader(bytes).varint(),
};

/** Keeps all numbers that it was given, so that states can be compared. */
class Numbers implements StateMachine<number, number, number> {
  readonly descriptor = {
    name: 'numbers',
    version: '1.0.0',
    contract: 'state-machine',
    contractVersion: 1,
  } as const;
  readonly signature = 'test/numbers/1';
  readonly commands = numbers;
  readonly queries = numbers;
  readonly results = numbers;
  readonly state: number[] = [];

  apply(command: number): number {
    return this.state.push(command);
  }

  query(position: number): number {
    return this.state[position] ?? 0;
  }
}

interface Member {
  readonly group: Group<number, number, number>;
  readonly machine: Numbers;
  readonly store: MemoryStore;
}

/** Three nodes on virtual time, each with the strategies that `sync` gives for it, and a small window. */
export class Cluster {
  readonly sim = new Simulation({ seed: 7 });
  readonly #hub = memoryHub({ ...this.sim.node('world').ports, medium: this.sim.network });
  readonly #members = new Map<string, Member>();
  readonly #sync: (id: string) => readonly Strategy[];
  #written = 0;

  private constructor(sync: (id: string) => readonly Strategy[]) {
    this.#sync = sync;
  }

  static async of(sync: (id: string) => readonly Strategy[]): Promise<Cluster> {
    const cluster = new Cluster(sync);
    for (const id of ['n1', 'n2', 'n3']) await cluster.boot(id);
    await cluster.until(() => cluster.same());
    return cluster;
  }

  async boot(id: string): Promise<void> {
    const old = this.#members.get(id);
    const ports = old === undefined ? this.sim.node(id).ports : this.sim.node(id).restart();
    const platform = { ...ports, logger: silentLogger, meter: silentMeter };
    const data = old === undefined ? {} : { data: old.store.data };
    const store = memoryStore({ ...ports, node: toPeerId(id), ...data });
    const transport = this.#hub.transport(id, ports);
    const machine = new Numbers();
    const node = createNode({ network: toNetworkId('test'), platform, store, transport });
    const group = await this.sim.complete(
      node.join({
        keys: [new TextEncoder().encode('a key of the tests')],
        machine,
        sync: this.#sync(id),
        peers: { n1: 'n1', n2: 'n2', n3: 'n3' },
        bootstrap: id === 'n1',
        limits: { windowBytes: 2048 },
      }),
    );
    this.#members.set(id, { group, machine, store });
  }

  kill(id: string): void {
    this.sim.node(id).kill();
    this.#hub.kill(id);
    this.member(id).store.crash();
  }

  member(id: string): Member {
    const member = this.#members.get(id);
    if (member === undefined) throw new Error(`no member ${id}`);
    return member;
  }

  get running(): readonly string[] {
    return [...this.#members.keys()].filter((id) => this.sim.node(id).running);
  }

  get leader(): string {
    const leader = this.running.find((id) => this.member(id).group.status().role === 'leader');
    if (leader === undefined) throw new Error('nobody leads');
    return leader;
  }

  get followers(): readonly string[] {
    return this.running.filter((id) => id !== this.leader);
  }

  /** What an operator sees; null until the node has opened its log. */
  sync(id: string): SyncStatus | null {
    return this.member(id).group.status().sync;
  }

  async write(count: number): Promise<void> {
    const { group } = this.member(this.leader);
    const commands = Array.from({ length: count }, () => ++this.#written);
    // A handle takes no more at once.
    for (let sent = 0; sent < commands.length; sent += 1_000) {
      const some = commands.slice(sent, sent + 1_000);
      await this.sim.complete(Promise.all(some.map((command) => group.execute(command))));
    }
  }

  /** There is a leader, and every node that runs has applied all that was written, in the same order. */
  same(): boolean {
    const leads = (id: string) => this.member(id).group.status().role === 'leader';
    return (
      this.running.some(leads) &&
      this.running.every((id) => {
        const { machine, group } = this.member(id);
        return group.status().role !== 'blank' && machine.state.join() === this.#expected();
      })
    );
  }

  async until(holds: () => boolean, limitMs = 30_000): Promise<void> {
    if (await this.sim.runUntil(holds, limitMs)) return;
    const seen = this.running.map((id) => `${id}: ${JSON.stringify(this.sync(id))}`);
    throw new Error(`it did not happen\n${seen.join('\n')}`);
  }

  #expected(): string {
    return Array.from({ length: this.#written }, (_, i) => i + 1).join();
  }
}
