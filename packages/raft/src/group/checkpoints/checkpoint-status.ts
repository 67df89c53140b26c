import type { Cursor, Incarnation, Index, Manifest, PartName, PeerId } from '@smalti/core';

/** What an operator would ask of a group's checkpoints on a node. */
export interface CheckpointStatus {
  /** Those on this node's disk, oldest first. */
  readonly kept: readonly Manifest[];
  /** The marker on which there is no agreement yet, and what this node has cut of it. */
  readonly open: { readonly marker: Cursor; readonly own: PartName | null } | null;
  /** What is being cut, and bytes of the state that were. */
  readonly cutting: { readonly marker: Cursor; readonly bytes: number } | null;
  /** The marker whose captured state waits to be cut. */
  readonly waiting: Cursor | null;
  /** Of the open marker, as far as this leader was told; empty on others. */
  readonly reports: readonly RootReport[];
  /** The log begins after this index. */
  readonly pruned: Index;
  /** Why this node's state is not the majority's, while it is not. */
  readonly diverged: string | null;
}

/** The root that a member has cut. */
export interface RootReport {
  readonly id: PeerId;
  readonly incarnation: Incarnation;
  readonly root: PartName;
}
