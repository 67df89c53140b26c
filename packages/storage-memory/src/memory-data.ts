import type { GroupId, LogState, StoreIdentity } from '@smalti/core';

/**
 * What a memory store keeps: the counterpart of a directory. Give it to the next store of the same node to test a
 * restart; without it a node has lost its disk.
 */
export interface MemoryData {
  readonly identity: StoreIdentity;
  /** What completed, by group. */
  readonly groups: Map<GroupId, LogState>;
  /** True while a store uses it. */
  inUse: boolean;
}
