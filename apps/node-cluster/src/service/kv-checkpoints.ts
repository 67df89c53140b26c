import type { Clock, Hasher, PartName, SnapshotStore } from '@smalti/core';

/** What keeps parts of checkpoints: a session here or of a peer, a backup that is read, a checkpoint that is being cut. */
export interface KvLease {
  /** What that reaches is kept; with null, what is put while it lasts. */
  readonly root: PartName | null;
  /** Until it ends, unless it is renewed, in milliseconds. */
  readonly leftMs: number;
}

/** The checkpoints of a node, as far as its servers need them. */
export interface KvCheckpoints {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly hasher: Hasher;
  /** The leases on what is in the store, now. */
  readonly leases: readonly KvLease[];
  /**
   * Has the group take a checkpoint now. Resolves when an agreed one is in the store that has all that was acknowledged
   * before this call, by whichever node.
   *
   * @throws SmaltiError `TIMEOUT`, or as a command of the group does.
   */
  take(options: { readonly timeoutMs: number }): Promise<void>;
}
