import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, toNetworkId, toPeerId } from '@smalti/core';
import { type LogReplayOptions, logReplay } from '@smalti/log-replay';
import { nodePlatform, openDisk } from '@smalti/platform-node';
import { createNode, type Group, type SmaltiNode } from '@smalti/raft';
import { openWal } from '@smalti/storage-wal';
import { wsTransport } from '@smalti/transport-ws';
import { CounterMachine } from '../src/counter.ts';
import { freePorts } from './ports.ts';

const IDS = ['n1', 'n2', 'n3'];
const TIMING = { heartbeatMs: 50, electionMinMs: 300, electionMaxMs: 600 };
/** About ten small entries: nearly everything that is missing has to be fetched. */
const LIMITS = { windowBytes: 4_096 };

export interface LocalNode {
  readonly id: string;
  readonly node: SmaltiNode;
  readonly group: Group<number, void, number>;
  readonly machine: CounterMachine;
}

/** Three counters in this process, on the real disk and real sockets. Disposing of it leaves nothing behind. */
export class LocalCluster implements AsyncDisposable {
  readonly nodes = new Map<string, LocalNode>();
  readonly #directory = mkdtempSync(join(tmpdir(), 'smalti-local-'));
  readonly #ports: readonly number[];
  readonly #sync: LogReplayOptions;

  private constructor(ports: readonly number[], sync: LogReplayOptions) {
    this.#ports = ports;
    this.#sync = sync;
  }

  /** Starts all three, and waits until each is online. */
  static async start(sync: LogReplayOptions): Promise<LocalCluster> {
    const cluster = new LocalCluster(await freePorts(IDS.length), sync);
    for (const id of IDS) await cluster.boot(id);
    await Promise.all(
      [...cluster.nodes.values()].map(({ group }) => group.when.online({ timeoutMs: 20_000 })),
    );
    return cluster;
  }

  async boot(id: string): Promise<LocalNode> {
    const platform = { ...nodePlatform(), logger: silentLogger };
    const disk = await openDisk(join(this.#directory, id));
    const store = await openWal({ ...platform, disk, node: toPeerId(id) });
    const transport = await wsTransport({ ...platform, listen: this.#address(id) });
    const node = createNode({ network: toNetworkId('local'), platform, store, transport });
    const machine = new CounterMachine();
    const peers = Object.fromEntries(IDS.map((peer) => [peer, this.#address(peer)]));
    const keys = [new TextEncoder().encode('a group key of the tests')];
    const more = { timing: TIMING, limits: LIMITS, bootstrap: id === 'n1' };
    const group = await node.join({ keys, machine, sync: [logReplay(this.#sync)], peers, ...more });
    const member = { id, node, group, machine };
    this.nodes.set(id, member);
    return member;
  }

  async stop(id: string): Promise<void> {
    await this.nodes.get(id)?.node.close();
    this.nodes.delete(id);
  }

  get leader(): LocalNode {
    const found = [...this.nodes.values()].find(({ group }) => group.status().role === 'leader');
    if (found === undefined) throw new Error('nobody leads');
    return found;
  }

  get followers(): LocalNode[] {
    return [...this.nodes.values()].filter(({ group }) => group.status().role === 'follower');
  }

  #address(id: string): string {
    return `127.0.0.1:${this.#ports[IDS.indexOf(id)]}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const id of [...this.nodes.keys()]) await this.stop(id);
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
