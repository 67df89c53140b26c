import type { ApplyContext } from '@smalti/core';
import type { CheckpointOptions } from '@smalti/raft';
import type { SimulationOptions } from '@smalti/simulator';
import type { JoinExtras } from './sim-cluster.ts';
import { TallyCluster, type TallyMember } from './tally-cluster.ts';
import { TallyMachine } from './tally-machine.ts';

/** A word at which the machine fails, when it has changed half of its state. */
export const POISON = 'poison';

/** Fails at poison, unless it is of a program that can apply it. */
export class PoisonTally extends TallyMachine {
  readonly cured: boolean;

  constructor(cured: boolean) {
    super();
    this.cured = cured;
  }

  override apply(word: string, context: Pick<ApplyContext, 'at' | 'version'>): number {
    const said = super.apply(word, context);
    if (word.startsWith(POISON) && !this.cured) throw new Error('cannot go on');
    return said;
  }
}

/** How a cluster of such machines is made. */
export interface PoisonOptions {
  readonly checkpoints?: Omit<CheckpointOptions, 'store'>;
  readonly simulation?: SimulationOptions;
  readonly storage?: 'memory' | 'wal';
  readonly join?: JoinExtras;
}

/** A cluster whose machines fail at poison, with an operator. */
export class PoisonCluster extends TallyCluster {
  /** Nodes that have a program that can apply it when they are started the next time. */
  readonly cured = new Set<string>();
  readonly #box: { booting: string };

  constructor({ checkpoints = {}, ...more }: PoisonOptions = {}) {
    const box = { booting: '' };
    super(checkpoints, { machine: () => new PoisonTally(this.cured.has(box.booting)), ...more });
    this.#box = box;
  }

  override async boot(...[id, join]: Parameters<TallyCluster['boot']>): ReturnType<TallyCluster['boot']> {
    // Starts come one after the other: what is made now is that node's.
    this.#box.booting = id;
    return super.boot(id, join);
  }

  async again(id: string): Promise<TallyMember> {
    this.kill(id);
    return this.boot(id);
  }

  /** Where the machine of that node has failed; 0 if it has not. */
  failedAt(id: string): number {
    return this.member(id).group.status().machineFailure?.at.index ?? 0;
  }

  /** Every one of them has failed at the same entry. @returns which. */
  async untilFailed(ids: readonly string[] = this.ids): Promise<number> {
    const [first = ''] = ids;
    const failed = (): boolean =>
      this.failedAt(first) > 0 && ids.every((id) => this.failedAt(id) === this.failedAt(first));
    if (!(await this.sim.runUntil(failed, 60_000))) throw new Error(`not all have failed\n${this.show()}`);
    await this.untilLeader();
    // What they say of it is on its way.
    await this.sim.runFor(1_000);
    return this.failedAt(first);
  }

  /** The words of every running node, which are the same. */
  get states(): string[] {
    return this.running.map(({ machine }) => JSON.stringify([...machine.counts].sort()));
  }
}
