import type { MemorySnapshotStore } from '@smalti/storage-memory';
import { BenchProvider, type ProviderPart as Entries } from '@smalti/sync-bench';
import type { SnapshotSyncMessage } from '../src/index.ts';
import type { Bench } from './bench.ts';
import type { Checkpoint } from './checkpoint-at.ts';

/** What a provider has. Default: all checkpoints of the bench, and the entries after the last one. */
export interface ProviderPart extends Entries {
  readonly checkpoints?: readonly Checkpoint[];
}

/** A node that serves checkpoints. */
export class Provider extends BenchProvider<SnapshotSyncMessage> {
  readonly store: MemorySnapshotStore;
  readonly #bench: Bench;

  constructor(bench: Bench, name: string, part: ProviderPart) {
    const { checkpoints = bench.checkpoints } = part;
    const { first = (checkpoints.at(-1)?.at.index ?? 0) + 1 } = part;
    const store = bench.openStore(bench.sim.node(name), checkpoints);
    super(bench, name, { ...part, first }, store);
    this.#bench = bench;
    this.store = store;
  }

  /** It loses its checkpoints as well. */
  override wipe(): void {
    this.store.data.parts.clear();
    this.store.data.manifests = [];
    super.wipe();
  }

  /** Another checkpoint is whole here, and older ones are dropped. */
  replace(checkpoint: Checkpoint, keep = 0): void {
    this.store.data.manifests = keep === 0 ? [] : this.store.data.manifests.slice(-keep);
    this.#bench.keep(this.store, checkpoint.parts, checkpoint.manifest);
    if (keep > 0) return;
    for (const name of [...this.store.data.parts.keys()]) {
      if (!checkpoint.parts.has(name)) this.store.data.parts.delete(name);
    }
  }
}
