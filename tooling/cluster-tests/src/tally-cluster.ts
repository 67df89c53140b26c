import type { CheckpointOptions, JoinOptions } from '@smalti/raft';
import { MemorySnapshotStore } from '@smalti/storage-memory';
import { type Member, SimCluster, type SimClusterOptions } from './sim-cluster.ts';
import { TallyMachine } from './tally-machine.ts';

export type TallyMember = Member<string, string, number, TallyMachine>;

/** A cluster that keeps checkpoints. What a store of them kept outlives the processes of its node. */
export class TallyCluster extends SimCluster<string, string, number, TallyMachine> {
  readonly stores = new Map<string, MemorySnapshotStore>();
  readonly #checkpoints: Omit<CheckpointOptions, 'store'>;

  constructor(
    checkpoints: Omit<CheckpointOptions, 'store'> = {},
    more: Partial<
      Pick<SimClusterOptions<TallyMachine>, 'sync' | 'join' | 'storage' | 'machine' | 'simulation'>
    > = {},
  ) {
    super({ size: 3, machine: () => new TallyMachine(), ...more });
    this.#checkpoints = checkpoints;
  }

  store(id: string): MemorySnapshotStore {
    const store = this.stores.get(id);
    if (store === undefined) throw new Error(`no store of ${id}`);
    return store;
  }

  override joinOptions(id: string): JoinOptions<string, string, number> {
    // Its doors are those of the process that is about to join.
    const { ports } = this.sim.node(id);
    const old = this.stores.get(id);
    old?.crash();
    const store = new MemorySnapshotStore({ ...ports, ...(old === undefined ? {} : { data: old.data }) });
    this.stores.set(id, store);
    return { ...super.joinOptions(id), checkpoints: { ...this.#checkpoints, store } };
  }
}
