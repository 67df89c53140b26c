import { SimRandom } from '@smalti/simulator';
import { Cluster } from './cluster.ts';
import { TIMING } from './members.ts';
import { type EngineMaker, realEngine, type TestNode } from './test-node.ts';

export interface ChaosOptions {
  readonly size: number;
  readonly seed: number;
  readonly engine?: EngineMaker;
  /** How many things happen before everything heals. */
  readonly events?: number;
  /** Much is lost, much comes twice, late and out of order, windows are small and sessions slow. Default: some seeds. */
  readonly rough?: boolean;
  /** Leaders answer by leases of so long. Default: none. */
  readonly leaseMs?: number;
  /** Nodes come to hold checkpoints, prune their logs, and find their states damaged. Default: no. */
  readonly checkpoints?: boolean;
}

/**
 * One random history of a cluster: drops, delays, duplicates, reordering, cuts, crashes, pauses, slow, hung and full
 * disks, lost bonds, proposals and reads; then everything heals, and a leader and a committed entry are due within ten
 * election timeouts. Throws what the checker or an engine throws, or that nothing came of it.
 */
export class Chaos {
  readonly cluster: Cluster;
  readonly #random: SimRandom;
  readonly #names: readonly string[];
  readonly #rough: boolean;
  readonly #checkpoints: boolean;
  #proposals = 0;
  #troubled: boolean;

  constructor(options: ChaosOptions) {
    this.#random = new SimRandom(`chaos ${options.size} ${options.seed}`);
    this.#checkpoints = options.checkpoints ?? false;
    this.#rough = options.rough ?? options.seed % 3 === 0;
    this.cluster = new Cluster({
      size: options.size,
      seed: options.seed,
      engine: options.engine ?? realEngine,
      // Small bounds, so that logs are read from disk, streams pause, and sessions open.
      tune: {
        maxAppendBytes: 200,
        maxInflightBytes: 500,
        leaseMs: options.leaseMs ?? 0,
        windowBytes: this.#random.pick(this.#rough ? [700, 1000, 1500] : [600, 3000, 10_000]),
      },
    });
    this.#names = [...this.cluster.nodes.keys()];
    this.#troubled = false;
    const { cluster } = this;
    cluster.fate = () => this.#fate();
    if (this.#rough) cluster.fetchEvery = () => this.#random.pick([1, 3, 3, 20, 150]);
    cluster.wallOf = (name) => (name === 'b' ? 5000 : 0);
    for (let i = 0; i < (options.events ?? 120); i++) {
      this.#event();
      cluster.run(this.#random.chance(0.7) ? this.#random.between(0, 12) : this.#random.between(0, 120));
    }
    this.#heal();
    this.#recovers();
  }

  #fate(): readonly number[] {
    const random = this.#random;
    if (!this.#troubled) return [random.between(0.2, 3)];
    if (this.#rough) return this.#roughFate();
    if (random.chance(0.08)) return [];
    const delay = random.chance(0.1) ? random.between(0, 150) : random.between(0.2, 10);
    return random.chance(0.05) ? [delay, delay + random.between(0, 60)] : [delay];
  }

  #roughFate(): readonly number[] {
    const random = this.#random;
    if (random.chance(0.12)) return [];
    const delay = random.chance(0.3) ? random.between(0, 250) : random.between(0.2, 10);
    return random.chance(0.4)
      ? [delay, delay + random.between(0, 200), delay + random.between(0, 60)]
      : [delay];
  }

  #event(): void {
    const random = this.#random;
    const { cluster } = this;
    const name = random.pick(this.#names);
    const node = cluster.node(name);
    if (this.#checkpoints && random.chance(0.25)) {
      if (node.alive && !node.paused) this.#checkpoint(node);
      return;
    }
    const dice = random.below(100);
    if (dice < 20) this.#propose();
    else if (dice < 32) this.#propose(cluster.leader);
    else if (dice < 50) this.#read(node);
    else if (dice < 56) this.#cutSomething();
    else if (dice < 62) cluster.heal();
    else if (dice < 67) this.#crashOrRestart(node);
    else if (dice < 71) this.#pauseOrResume(node);
    else if (dice < 80) this.#troubleDisk(node);
    else if (dice < 84) cluster.bond(name, random.pick(this.#names.filter((other) => other !== name)));
    else if (dice < 88) this.#troubled = random.chance(0.7);
    else if (dice < 90) this.#stepDown(node);
    else this.#propose(cluster.leader);
  }

  #checkpoint(node: TestNode): void {
    const { cluster } = this;
    const random = this.#random;
    const { anchor } = node.disk;
    const from = anchor?.at.index ?? 0;
    if (random.chance(0.15)) {
      // Found damaged, or another than the others'.
      if (anchor !== null) cluster.repair(node.name);
      return;
    }
    const { commit } = node.engine;
    if (commit > from)
      cluster.checkpoint(node.name, random.chance(0.5) ? commit : from + 1 + random.below(commit - from));
    if (random.chance(0.7)) cluster.prune(node.name, commit - (random.chance(0.5) ? 0 : random.below(10)));
  }

  #propose(node: TestNode = this.cluster.node(this.#random.pick(this.#names))): void {
    if (!node.alive || node.paused) return;
    const texts = Array.from({ length: 1 + this.#random.below(4) }, () => {
      this.#proposals += 1;
      return `command ${this.#proposals}`;
    });
    this.cluster.propose(node.name, ...texts);
  }

  #read(node: TestNode): void {
    if (node.alive && !node.paused) this.cluster.read(node.name);
  }

  #stepDown(node: TestNode): void {
    if (node.alive && !node.paused) {
      this.cluster.input(node, { type: 'step-down', reason: 'it is told to', lasting: false });
    }
  }

  #cutSomething(): void {
    const random = this.#random;
    const names = random.shuffle(this.#names);
    const [from, to] = names;
    if (random.chance(0.4) && from !== undefined && to !== undefined) {
      this.cluster.cut(from, to);
      if (random.chance(0.5)) this.cluster.cut(to, from);
      return;
    }
    const size = 1 + random.below(names.length - 1);
    this.cluster.partition(names.slice(0, size), names.slice(size));
  }

  #crashOrRestart(node: TestNode): void {
    const down = [...this.cluster.nodes.values()].find(({ alive }) => !alive);
    if (down !== undefined) {
      this.cluster.restart(down.name);
      return;
    }
    this.cluster.crash(node.name, this.#random.below(3));
    if (this.#random.chance(0.5)) this.cluster.restart(node.name);
  }

  #pauseOrResume(node: TestNode): void {
    const paused = [...this.cluster.nodes.values()].find((other) => other.paused);
    if (paused !== undefined) this.cluster.resume(paused.name, () => this.#read(paused));
    else if (node.alive) this.cluster.pause(node.name);
  }

  #troubleDisk(node: TestNode): void {
    const random = this.#random;
    const { disk } = node;
    if (!node.alive || node.paused) return;
    if (disk.full) this.cluster.spaceBack(node.name);
    else if (disk.held && random.chance(0.5)) this.cluster.release(node.name);
    else if (disk.held && disk.pending.length > 0) this.cluster.flush(node.name);
    else {
      const trouble = random.next();
      if (trouble < 0.3) disk.held = true;
      else if (trouble < 0.5) disk.full = true;
      else disk.delayMs = random.pick([0, 1, 5, 40]);
    }
  }

  #heal(): void {
    const { cluster } = this;
    this.#troubled = false;
    cluster.fetchEvery = () => 3;
    cluster.heal();
    for (const node of cluster.nodes.values()) {
      node.disk.delayMs = 1;
      if (node.paused) cluster.resume(node.name);
      if (!node.alive) cluster.restart(node.name);
      if (node.disk.full) cluster.spaceBack(node.name);
      cluster.release(node.name);
    }
  }

  #recovers(): void {
    const { cluster } = this;
    const before = cluster.checker.committed.length;
    const deadline = cluster.now + 10 * TIMING.electionMaxMs;
    while (cluster.checker.committed.length <= before || !this.#settled()) {
      if (cluster.now > deadline) throw new Error(`nothing comes of it: ${this.#state()}`);
      cluster.run(20);
      if (cluster.leader !== undefined) this.#propose(cluster.leader);
      cluster.run(20);
    }
  }

  /** Everybody has what the leader has, and says so. */
  #settled(): boolean {
    const { leader, up } = this.cluster;
    return leader !== undefined && up.every((node) => node.engine.commit >= leader.engine.commit);
  }

  #state(): string {
    const all = [...this.cluster.nodes.values()];
    return all
      .map(
        ({ name, engine: { view } }) =>
          `${name} ${view.role} t${view.term} c${view.commit}/${view.last.index}`,
      )
      .join(', ');
  }
}
