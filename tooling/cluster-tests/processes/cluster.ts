import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterNode, type NodeStatus } from './cluster-node.ts';
import type { Namespaces } from './namespaces.ts';
import { freePorts } from './ports.ts';
import { until } from './until.ts';

export interface ClusterOptions {
  readonly nodes?: number;
  /** Of the configuration file. */
  readonly timing?: Readonly<Record<string, number>>;
  readonly limits?: Readonly<Record<string, number>>;
  readonly checkpoints?: Readonly<Record<string, number>>;
  /** True for a group that begins with one node, and that the others join. Default: all are named from the beginning. */
  readonly joining?: boolean;
  /** Flags that every node is started with. */
  readonly flags?: readonly string[];
  /** Where each node runs; without them all run where this process does. */
  readonly namespaces?: Namespaces;
  /** Variables that a node is started with, given its name and the directory of the cluster. */
  readonly env?: (id: string, directory: string) => Readonly<Record<string, string>>;
}

/** Elections after a third of a second: for tests that need many. */
export const QUICK = Object.freeze({ heartbeatMs: 50, electionMinMs: 300, electionMaxMs: 600 });

/** A cluster of real processes, each started with `smalti node`. Disposing of it leaves nothing behind. */
export class Cluster implements AsyncDisposable {
  readonly directory: string;
  readonly keyFile: string;
  /** The configuration file of all nodes, which they read when they start. */
  readonly config: string;
  readonly nodes: readonly ClusterNode[];
  /** Whether the directory, with the logs, stays for whoever looks for what went wrong. */
  keep = process.env.SMALTI_KEEP !== undefined;

  private constructor(directory: string, keyFile: string, config: string, nodes: readonly ClusterNode[]) {
    this.directory = directory;
    this.keyFile = keyFile;
    this.config = config;
    this.nodes = nodes;
  }

  /** Makes the places, and starts nothing. */
  static async plan(options: ClusterOptions = {}): Promise<Cluster> {
    const { nodes: count = 3, timing = {}, limits = {}, checkpoints = {} } = options;
    const { flags: more = [], namespaces, env } = options;
    const directory = mkdtempSync(join(tmpdir(), 'smalti-processes-'));
    const keyFile = join(directory, 'group.key');
    writeFileSync(keyFile, `${'k'.repeat(32)}\n`, { mode: 0o600 });
    const config = join(directory, 'config.json');
    writeFileSync(config, JSON.stringify({ timing, limits, checkpoints }));
    const ports = await freePorts(3 * count);
    const places = Array.from({ length: count }, (_, i) => {
      const [resp = 0, http = 0, listen = 0] = ports.slice(3 * i, 3 * i + 3);
      const id = `n${i + 1}`;
      const host = namespaces?.address(i) ?? '127.0.0.1';
      const namespace = namespaces?.name(i) ?? null;
      const data = join(directory, id);
      const place = { id, host, ports: { resp, http, listen }, data, log: `${data}.log`, namespace };
      return { ...place, env: env?.(id, directory) ?? {} };
    });
    const peers = places.map(({ id, host, ports: { listen } }) => `${id}=${host}:${listen}`).join(',');
    const named = options.joining === true ? [] : ['--peers', peers];
    const flags = [...named, '--key-file', keyFile, '--config', config, ...more];
    return new Cluster(
      directory,
      keyFile,
      config,
      places.map((place) => new ClusterNode(place, flags)),
    );
  }

  /** A cluster that is born, and whose nodes are all ready. */
  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const cluster = await Cluster.plan(options);
    try {
      cluster.launch();
      await cluster.ready();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts what does not run. The first node founds the group, which means nothing later. */
  launch(): void {
    for (const [i, node] of this.nodes.entries()) {
      if (!node.alive) node.launch(i === 0 ? ['--bootstrap'] : []);
    }
  }

  node(id: string): ClusterNode {
    const found = this.nodes.find((node) => node.id === id);
    if (found === undefined) throw new Error(`there is no ${id}`);
    return found;
  }

  /** All but one. */
  others(than: ClusterNode): ClusterNode[] {
    return this.nodes.filter((node) => node !== than);
  }

  async ready(patienceMs?: number): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.ready(patienceMs)));
  }

  /** The node that leads, as it says itself; the newest, while one that was deposed does not know it yet. */
  async leader(among: readonly ClusterNode[] = this.nodes): Promise<ClusterNode> {
    return until('one leads', async () => {
      const said = await Promise.allSettled(among.map((node) => node.status('', 500)));
      const leaders = said
        .flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
        .filter(({ role, online }) => role === 'leader' && online)
        .sort((a, b) => b.term - a.term);
      return leaders[0] && this.node(leaders[0].id);
    });
  }

  /** Resolves when all have applied the same, and gives what each says then. Rejects if their digests differ. */
  async agree(among: readonly ClusterNode[] = this.nodes): Promise<readonly NodeStatus[]> {
    const statuses = await until('all have applied as much', async () => {
      const found = await Promise.all(among.map((node) => node.status()));
      const indices = new Set(found.map(({ digest }) => digest?.index));
      return indices.size === 1 && !indices.has(undefined) && found;
    });
    const digests = new Set(statuses.map(({ digest }) => digest?.sha256));
    if (digests.size !== 1) throw new Error(`replicas differ: ${JSON.stringify(statuses)}`);
    return statuses;
  }

  /** Asks all for the digest of an index that they have not reached yet. Rejects if they differ. */
  async agreeAt(index: number): Promise<void> {
    const query = `?digest=${index}&timeout=20000`;
    const said = await Promise.all(this.nodes.map((node) => node.status(query, 21_000)));
    const digests = new Set(said.map(({ digest }) => `${digest?.index} ${digest?.sha256}`));
    if (digests.size !== 1) throw new Error(`replicas differ at ${index}: ${[...digests].join(', ')}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    if (!this.keep) rmSync(this.directory, { recursive: true, force: true });
  }
}
