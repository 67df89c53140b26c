import type { SmaltiError } from '@smalti/core';
import { POISON, PoisonCluster } from './poison-cluster.ts';
import type { TallyMember } from './tally-cluster.ts';

/** What became of a run of random troubles. */
export interface PoisonRun {
  /** Commands that were skipped. */
  readonly skipped: number;
  /** Skips that were refused, by the reason. */
  readonly refused: ReadonlyMap<string, number>;
  readonly states: ReadonlySet<string>;
  readonly roots: ReadonlySet<string>;
  /** What should not be: answers that do not hold, replicas that differ. */
  readonly troubles: readonly string[];
}

/** What was said of a word, each of which is sent once. */
type Said = 'applied' | 'not-applied';

/**
 * Clients write, now and then poison, nodes die and the network is cut; an operator has skipped what no node can apply, or
 * gives nodes a program that can. In the end all that was answered has to hold.
 */
class Run {
  readonly cluster: PoisonCluster;
  readonly #said = new Map<string, Said>();
  /** Words that a strong read has shown. */
  readonly #seen = new Set<string>();
  readonly #refused = new Map<string, number>();
  readonly #skipped = new Set<number>();
  #words = 0;

  constructor(seed: number) {
    const checkpoints = { everyEntries: 15, keepBytes: 0 };
    this.cluster = new PoisonCluster({ checkpoints, simulation: { seed } });
  }

  write(member: TallyMember, poison: boolean): void {
    this.#words += 1;
    const word = `${poison ? `${POISON} ` : 'word '}${this.#words}`;
    member.group.execute(word, { timeoutMs: 20_000 }).then(
      () => this.#said.set(word, 'applied'),
      ({ outcome }: SmaltiError) => {
        if (outcome === 'not-applied') this.#said.set(word, 'not-applied');
      },
    );
  }

  read(member: TallyMember): void {
    const word = `${POISON} ${this.cluster.sim.random.below(this.#words + 1)}`;
    member.group.query(word, 'strong', { timeoutMs: 5_000 }).then(
      ({ result }) => result > 0 && this.#seen.add(word),
      () => {},
    );
  }

  /** Looks at every node as an operator would, and does what its status says. */
  async operate(cures: boolean): Promise<void> {
    const { cluster } = this;
    const { leader } = cluster;
    const at = leader?.group.status().machineFailure?.at.index ?? 0;
    if (leader !== null && at > 0) {
      leader.group.skip(at, { reason: 'as the operator wants', timeoutMs: 5_000 }).then(
        () => this.#skipped.add(at),
        ({ code, details }: SmaltiError) => {
          const reason = code === 'SKIP_REFUSED' ? String(details.reason) : code;
          this.#refused.set(reason, (this.#refused.get(reason) ?? 0) + 1);
        },
      );
    }
    for (const { id, group } of cluster.running) {
      if (group.status().trouble?.includes('start this node again')) await cluster.again(id);
      else if (cures && cluster.failedAt(id) > 0 && cluster.sim.random.below(4) === 0) await this.cure(id);
    }
  }

  async cure(id: string): Promise<void> {
    this.cluster.cured.add(id);
    await this.cluster.again(id);
  }

  /** Everybody is up, and poison is dealt with. */
  async settle(): Promise<void> {
    const { cluster } = this;
    const { sim } = cluster;
    sim.network.heal();
    for (const id of cluster.ids) if (!cluster.running.some((each) => each.id === id)) await cluster.boot(id);
    for (let round = 0; round < 40; round++) {
      await sim.runFor(2_000);
      await this.operate(false);
      // Where one has applied it, the others need what that one has.
      const isRefused = cluster.ids.some((id) => cluster.failedAt(id) === 0) && round % 10 === 9;
      if (isRefused) for (const id of cluster.ids) if (cluster.failedAt(id) > 0) await this.cure(id);
    }
    for (let i = 0; i < 40; i++) this.write(cluster.running[i % 3] as TallyMember, false);
    await sim.runFor(30_000);
  }

  result(): PoisonRun {
    const { running } = this.cluster;
    const counts = running[0]?.machine.counts ?? new Map<string, number>();
    const troubles = [...counts].flatMap(([word, count]) =>
      count > 1 ? [`${word} counts ${count} times`] : [],
    );
    for (const [word, said] of this.#said) {
      if ((counts.get(word) ?? 0) !== (said === 'applied' ? 1 : 0)) troubles.push(`${word} was ${said}`);
    }
    for (const word of this.#seen) if (!counts.has(word)) troubles.push(`${word} was seen`);
    for (const { id, group, faults } of running) {
      const { trouble, checkpoints } = group.status();
      const all = [trouble, checkpoints?.diverged ?? null, ...faults];
      troubles.push(...all.flatMap((text) => (text === null ? [] : [`${id}: ${text}`])));
    }
    if (running.length < 3) troubles.push(`${running.length} nodes run`);
    return {
      skipped: this.#skipped.size,
      refused: this.#refused,
      states: new Set(this.cluster.states),
      roots: new Set(
        running.map(({ group }) => group.checkpoints.list().findLast(({ agreed }) => agreed)?.root ?? ''),
      ),
      troubles,
    };
  }
}

/** @param cures whether nodes are given a program that can apply poison now and then. */
export async function poisonRun(seed: number, cures: boolean): Promise<PoisonRun> {
  const run = new Run(seed);
  const { cluster } = run;
  const { sim } = cluster;
  const { random } = sim;
  await cluster.ready();
  for (let round = 0; round < 40; round++) {
    for (const member of cluster.running) {
      run.write(member, random.below(8) === 0);
      run.read(member);
    }
    const id = cluster.ids[random.below(3)] ?? 'n1';
    const kind = random.below(8);
    if (kind === 0) await cluster.again(id);
    else if (kind === 1) cluster.isolate(id);
    else if (kind === 2 || kind === 3) sim.network.heal();
    await sim.runFor(random.between(50, 1_500));
    await run.operate(cures);
  }
  await run.settle();
  return run.result();
}
