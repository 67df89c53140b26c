import type { Cursor, Manifest, PartName } from '@smalti/core';

/** A checkpoint that was taken: agreed on, and whole on this node's disk. */
export interface TakenCheckpoint {
  /** The entry at which the state was captured. */
  readonly marker: Cursor;
  readonly root: PartName;
}

/** The checkpoints of a group on this node. */
export interface Checkpoints {
  /** Those on this node's disk, oldest first; not all of them may be agreed on. Empty if none are kept. */
  list(): readonly Manifest[];
  /**
   * Has the group take one of all that is applied here now. Resolves when it is agreed on and whole on this node's disk, at
   * once if there is one after which nothing has changed. Calls that come at about the same time, on whichever nodes,
   * share one.
   *
   * Rejects with `CHECKPOINT_FAILED` if there is no agreement on it, `DIVERGED` if this node's state is not the
   * majority's, `BAD_OPTION` if this node keeps no checkpoints, `ABORTED`, and what ends all calls. Without a majority
   * that keeps checkpoints it waits.
   */
  take(signal?: AbortSignal): Promise<TakenCheckpoint>;
}

/** What becomes of checkpoints. */
export type CheckpointNews =
  /** A majority has the same root. */
  | { readonly stage: 'agreed'; readonly marker: Cursor; readonly root: PartName }
  /** An alarm: no majority has the same root, or there were too few reports for too long. */
  | { readonly stage: 'disputed' | 'abandoned'; readonly marker: Cursor }
  /** An alarm: this node's state is not the majority's. It answers nothing out of it until it is repaired. */
  | { readonly stage: 'diverged'; readonly marker: Cursor; readonly root: PartName; readonly own: PartName }
  /** This node's state is the majority's again. */
  | { readonly stage: 'repaired' };
