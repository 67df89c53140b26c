import { check, same } from '../suite/expect.ts';
import { type AnyFactory, type ClusterOptions, SyncCluster } from './cluster.ts';
import type { StateSyncAbility } from './factory.ts';
import { Writer } from './writer.ts';

/** Virtual milliseconds within which a node has caught up, whatever was done to it: also if sessions fail meanwhile. */
const PATIENCE_MS = 180_000;

/** How a gap is made. */
export interface GapOptions extends ClusterOptions {
  /** Entries that the node lacks. Default 240. */
  readonly entries?: number;
  /** Bytes of each. Default 1,000. */
  readonly bytes?: number;
  /** How many nodes lack them. Default 1. */
  readonly joiners?: number;
}

/** What a case works with: clusters of the strategy under test. */
export class SyncBench {
  readonly factory: AnyFactory;
  readonly #scenes: Scene[] = [];

  constructor(factory: AnyFactory) {
    this.factory = factory;
  }

  has(ability: StateSyncAbility): boolean {
    return this.factory.abilities.includes(ability);
  }

  /** A cluster in which nobody lacks anything. */
  async cluster(options: ClusterOptions = {}): Promise<Scene> {
    const cluster = await new SyncCluster(this.factory, options).ready();
    const scene = new Scene(this, cluster);
    this.#scenes.push(scene);
    return scene;
  }

  /** A cluster of which one node is down, and lacks many entries. */
  async gap(options: GapOptions = {}): Promise<Scene> {
    const { entries = 240, bytes = 1000, joiners = 1 } = options;
    const scene = await this.cluster(options);
    await scene.writer.write(5, bytes);
    await scene.cluster.converge();
    await scene.fallBehind(entries, bytes, joiners);
    return scene;
  }

  /** What must be true of everything that a case has made, at its end. */
  async sound(): Promise<void> {
    for (const scene of this.#scenes) await scene.sound();
  }
}

/** A cluster, who lacks something in it, and what was written. */
export class Scene {
  readonly bench: SyncBench;
  readonly cluster: SyncCluster;
  readonly writer: Writer;
  /** Who catches up. */
  joiners: readonly string[] = [];
  /** How many entries each of them lacks. */
  entries = 0;
  #carried = new Map<string, number>();

  constructor(bench: SyncBench, cluster: SyncCluster) {
    this.bench = bench;
    this.cluster = cluster;
    this.writer = new Writer(cluster);
  }

  /** The first of those who catch up. */
  get joiner(): string {
    const [joiner] = this.joiners;
    if (joiner === undefined) throw new Error('nobody catches up');
    return joiner;
  }

  /** Kills nodes, by default one follower, and writes what they then lack. */
  async fallBehind(entries: number, bytes: number, who: number | readonly string[] = 1): Promise<void> {
    const leader = await this.cluster.untilLeader();
    const followers = this.cluster.running.map(({ id }) => id).filter((id) => id !== leader.id);
    this.joiners = typeof who === 'number' ? followers.slice(0, who) : who;
    this.entries = entries;
    for (const id of this.joiners) this.cluster.kill(id);
    await this.writer.write(entries, bytes);
    // Everybody else has everything, so that anybody can give it.
    await this.cluster.converge();
    this.#carried = new Map(this.cluster.tampering.carried);
  }

  /** Starts who lacks something. */
  async boot(): Promise<void> {
    for (const id of this.joiners) await this.cluster.boot(id);
  }

  /** Bytes that a node has sent to who catches up, since that fell behind. */
  bytesFrom(id: string): number {
    const way = `${id} ${this.joiner}`;
    return (this.cluster.tampering.carried.get(way) ?? 0) - (this.#carried.get(way) ?? 0);
  }

  /** Starts who lacks something, and lets it fetch a share of it. */
  async fetched(share: number): Promise<void> {
    await this.boot();
    const { cluster, joiner, entries } = this;
    const most = (): number => cluster.totals(joiner).entries;
    const over = (): boolean => cluster.totals(joiner).done + cluster.totals(joiner).failed > 0;
    await cluster.until(`${share * 100} % are fetched`, () => over() || most() >= share * entries);
    same(over(), false, `whether a session was over before ${share * 100} % of ${entries} entries`);
  }

  /** The follower that has sent most to who catches up, or the leader if none has sent anything. */
  provider(): string {
    const { leader, running } = this.cluster;
    const ids = running.map(({ id }) => id).filter((id) => !this.joiners.includes(id));
    const followers = ids.filter((id) => id !== leader?.id);
    followers.sort((a, b) => this.bytesFrom(b) - this.bytesFrom(a));
    const [most] = followers;
    const leading = leader?.id;
    if (most !== undefined && (this.bytesFrom(most) > 0 || leading === undefined)) return most;
    if (leading === undefined) throw new Error('nobody is there');
    return leading;
  }

  /** Every node but those who catch up. */
  others(): string[] {
    return this.cluster.ids.filter((id) => !this.joiners.includes(id));
  }

  /** Lets everybody come back, and waits until all are equal. */
  async recover(): Promise<void> {
    const { cluster } = this;
    this.writer.stop();
    cluster.tampering.rules.clear();
    cluster.sim.network.heal();
    cluster.sim.network.set({ loss: 0 });
    for (const { id, sim } of cluster.members.values()) {
      if (sim.running) sim.resume();
      else await cluster.boot(id);
    }
    await this.equal();
  }

  /** Waits until all are equal, and a command gets through after that. */
  async equal(limitMs = PATIENCE_MS): Promise<void> {
    await this.cluster.converge(limitMs);
    await this.writer.write(1, 10);
    await this.cluster.converge(limitMs);
  }

  /**
   * States that who lacked something got it by a session; by the first one, if nothing was at fault but what the
   * strategy says that it puts up with.
   */
  caughtUp(fault: 'nobody' | 'peers' | 'messages' | 'the node' = 'nobody'): void {
    const ability = fault === 'peers' ? 'tolerant' : 'asks-again';
    const must = fault === 'nobody' || (fault !== 'the node' && this.bench.has(ability));
    for (const id of this.joiners) {
      const { sessions, done, failed, entries } = this.cluster.totals(id);
      const state = this.cluster.show();
      check(done > 0, `no session of ${id} was done (${sessions} began, ${failed} failed)\n${state}`);
      check(entries > 0, `sessions of ${id} have appended nothing\n${state}`);
      const why = this.cluster.observer.problems.join('; ');
      check(!must || failed === 0, `${failed} sessions of ${id} have failed ${why}\n${state}`);
    }
  }

  /** What must be true of every cluster at the end of a case. */
  async sound(): Promise<void> {
    const { cluster, writer } = this;
    writer.stop();
    // What has ended has time to notice.
    await cluster.sim.runFor(1000);
    this.proper();
    const faults = [...cluster.members.values()].flatMap((member) => member.faults);
    same(faults, [], 'what stopped nodes');
    same(writer.problems(), [], 'what is wrong with the states of nodes');
  }

  /** States that strategies have done nothing that they may not. */
  proper(): void {
    const { problems, leftOvers } = this.cluster.observer;
    same([...new Set([...problems, ...leftOvers])], [], 'what strategies did that they may not');
  }
}
