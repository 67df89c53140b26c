import type { Clock, Hasher, SnapshotStore } from '@smalti/core';

/** The checkpoints of a node, as far as its servers need them. */
export interface KvCheckpoints {
  readonly store: SnapshotStore;
  readonly clock: Clock;
  readonly hasher: Hasher;
  /**
   * Has the group take a checkpoint now. Resolves when an agreed one is in the store that has all that was acknowledged
   * before this call, by whichever node.
   *
   * @throws SmaltiError `TIMEOUT`, or as a command of the group does.
   */
  take(options: { readonly timeoutMs: number }): Promise<void>;
}
