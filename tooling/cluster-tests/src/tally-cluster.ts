import type { CheckpointOptions } from '@smalti/raft';
import { MemorySnapshotStore } from '@smalti/storage-memory';
import { type JoinExtras, type Member, SimCluster } from './sim-cluster.ts';
import { TallyMachine } from './tally-machine.ts';

export type TallyMember = Member<string, string, number, TallyMachine>;

/** A cluster that keeps checkpoints. What a store of them kept outlives the processes of its node. */
export class TallyCluster extends SimCluster<string, string, number, TallyMachine> {
  readonly stores = new Map<string, MemorySnapshotStore>();
  readonly #checkpoints: Omit<CheckpointOptions, 'store'>;

  constructor(checkpoints: Omit<CheckpointOptions, 'store'> = {}) {
    super({ size: 3, machine: () => new TallyMachine() });
    this.#checkpoints = checkpoints;
  }

  store(id: string): MemorySnapshotStore {
    const store = this.stores.get(id);
    if (store === undefined) throw new Error(`no store of ${id}`);
    return store;
  }

  override async boot(id: string, join: JoinExtras = {}): Promise<TallyMember> {
    const data = this.stores.get(id)?.data;
    const make = (): MemorySnapshotStore => {
      const { ports } = this.sim.node(id);
      const store = new MemorySnapshotStore({ ...ports, ...(data === undefined ? {} : { data }) });
      this.stores.set(id, store);
      return store;
    };
    return super.boot(id, { checkpoints: { ...this.#checkpoints, store: make() }, ...join });
  }
}
