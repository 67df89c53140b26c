import type { CheckpointOptions } from '@smalti/raft';
import type { SimulationOptions } from '@smalti/simulator';
import { type Account, NewTally, OldTally } from './double-tally.ts';
import { TallyCluster } from './tally-cluster.ts';

/** How an upgrade goes. */
export interface UpgradeOptions {
  readonly checkpoints?: Omit<CheckpointOptions, 'store'>;
  readonly simulation?: SimulationOptions;
  /** A bug: new code does what is new at once. */
  readonly atOnce?: boolean;
}

/** A cluster of old code, whose nodes can be started again with new code. */
export class UpgradeCluster extends TallyCluster {
  /** Nodes that have the new code when they are started the next time. */
  readonly upgraded = new Set<string>();
  readonly #box: { booting: string };

  constructor({ checkpoints = {}, simulation = {}, atOnce = false }: UpgradeOptions = {}) {
    const account: Account = new Map();
    const box = { booting: '' };
    const machine = (): OldTally =>
      this.upgraded.has(box.booting) ? new NewTally(account, atOnce) : new OldTally(account);
    super(checkpoints, { machine, simulation });
    this.#box = box;
  }

  override async boot(...[id, join]: Parameters<TallyCluster['boot']>): ReturnType<TallyCluster['boot']> {
    // Starts come one after the other: what is made now is that node's.
    this.#box.booting = id;
    return super.boot(id, join);
  }

  /** Stops a node, as `kill -9` does, and starts it with the new code. */
  async upgrade(id: string): Promise<void> {
    this.kill(id);
    this.upgraded.add(id);
    await this.boot(id);
  }

  /** Of each running node: the version in force, and the newest that it knows. */
  get versions(): string[] {
    return this.running.map(({ group }) => {
      const { inForce, newest } = group.status().machineVersion;
      return `${inForce}/${newest}`;
    });
  }
}

/** What became of a run of random troubles. */
export interface UpgradeRun {
  readonly versions: readonly string[];
  readonly states: ReadonlySet<string>;
  readonly roots: ReadonlySet<string>;
  /** What should not be: replicas that differ, machines that failed. */
  readonly troubles: readonly string[];
}

/**
 * Old nodes are upgraded one by one, in whichever order, while clients write, nodes die and the network is cut.
 * Checkpoints are taken all the time, and old nodes and new ones have to agree on them.
 */
export async function upgradeRun(seed: number, atOnce = false): Promise<UpgradeRun> {
  const checkpoints = { everyEntries: 15, keepBytes: 0 };
  const cluster = new UpgradeCluster({ checkpoints, simulation: { seed }, atOnce });
  const { sim } = cluster;
  const { random, network } = sim;
  const troubles: string[] = [];
  await cluster.ready();
  const word = (): string => `word ${random.below(6)}`;
  const pick = (): string => cluster.ids[random.below(3)] ?? 'n1';
  for (let round = 0; round < 40; round++) {
    for (const { group } of cluster.running) group.execute(word()).catch(() => {});
    const id = pick();
    const kind = random.below(8);
    if (kind === 0 && !cluster.upgraded.has(id)) await cluster.upgrade(id);
    else if (kind === 1) {
      cluster.kill(id);
      await cluster.boot(id);
    } else if (kind === 2) cluster.isolate(id);
    else if (kind === 3) network.heal();
    await sim.runFor(random.between(50, 1_500));
    troubles.push(...troublesOf(cluster));
  }
  network.heal();
  for (const id of cluster.ids) if (!cluster.upgraded.has(id)) await cluster.upgrade(id);
  await sim.runFor(20_000);
  for (let i = 0; i < 20; i++) cluster.running[i % 3]?.group.execute(word()).catch(() => {});
  await sim.runFor(20_000);
  troubles.push(...troublesOf(cluster));
  const members = cluster.running;
  return {
    versions: cluster.versions,
    states: new Set(members.map(({ machine }) => JSON.stringify([...machine.counts].sort()))),
    roots: new Set(members.map(({ group }) => group.checkpoints.list().at(-1)?.root ?? 'none')),
    troubles: [...new Set(troubles)],
  };
}

function troublesOf(cluster: UpgradeCluster): string[] {
  return [...cluster.members.values()].flatMap(({ id, group, faults }) => {
    const { trouble, checkpoints } = group.status();
    const all = [...faults, trouble, checkpoints?.diverged ?? null];
    return all.flatMap((text) =>
      text !== null && /fail|differ|diverge/i.test(text) ? [`${id}: ${text}`] : [],
    );
  });
}
