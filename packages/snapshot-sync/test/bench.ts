import type { PeerId } from '@smalti/core';
import { type SimNode, simHasher } from '@smalti/simulator';
import { MemorySnapshotStore, type MemorySnapshots } from '@smalti/storage-memory';
import { type JoinerOptions as Entries, SyncBench, type SyncBenchOptions } from '@smalti/sync-bench';
import { type SnapshotSyncMessage, type SnapshotSyncOptions, snapshotSync } from '../src/index.ts';
import type { Checkpoint } from './checkpoint-at.ts';
import { Joiner } from './joiner.ts';
import { Provider, type ProviderPart } from './provider.ts';

export interface JoinerOptions extends Entries {
  /** Checkpoints that are whole there already. */
  readonly own?: readonly Checkpoint[];
}

/** A checkpoint has to be installed unless it is told otherwise. */
export type BenchOptions = SyncBenchOptions &
  JoinerOptions & {
    readonly checkpoints?: readonly Checkpoint[];
    readonly options?: SnapshotSyncOptions;
  };

/** A node that fetches a checkpoint, and several that serve it. */
export class Bench extends SyncBench<SnapshotSyncMessage, Provider, ProviderPart> {
  readonly checkpoints: readonly Checkpoint[];
  readonly options: SnapshotSyncOptions;
  readonly joiner: Joiner;

  constructor(options: BenchOptions) {
    super(options);
    this.checkpoints = options.checkpoints ?? [];
    const newest = this.checkpoints.at(-1);
    this.anchor = newest === undefined ? null : { at: newest.at, root: newest.root };
    // A quiet group, unless a test is about a busy one.
    this.options = { busyBytesPerSecond: 0, ...options.options };
    this.joiner = new Joiner(this, { mustInstall: true, ...options });
  }

  strategy() {
    return snapshotSync(this.options);
  }

  /** It has all checkpoints, and the source pruned up to the last one's anchor, unless it is told otherwise. */
  protected make(name: string, part: ProviderPart = {}): Provider {
    return new Provider(this, name, part);
  }

  openStore(node: SimNode, held: readonly Checkpoint[], data?: MemorySnapshots): MemorySnapshotStore {
    const { clock, scheduler } = node.ports;
    const store = new MemorySnapshotStore({
      clock,
      scheduler,
      hasher: simHasher,
      ...(data === undefined ? {} : { data }),
    });
    for (const { parts, manifest } of held) this.keep(store, parts, manifest);
    return store;
  }

  keep(store: MemorySnapshotStore, parts: Checkpoint['parts'], manifest: Checkpoint['manifest']): void {
    for (const [name, bytes] of parts) store.data.parts.set(name, bytes);
    store.data.manifests = [...store.data.manifests, manifest];
  }

  /** Bytes of parts that were delivered, or of those of one peer. */
  partBytes(from?: PeerId | string): number {
    return this.delivered
      .filter((each) => from === undefined || each.from === from)
      .flatMap(({ message }) => (message.type === 'parts' ? message.parts : []))
      .reduce((sum, { length }) => sum + length, 0);
  }

  /** Runs until such a share of the checkpoint's bytes is durable on the joiner. */
  runTo(share: number, ms = 60_000): void {
    const { bytes = 0 } = this.checkpoints.at(-1) ?? {};
    this.runUntil(() => this.joiner.storedBytes >= share * bytes, ms);
  }
}
