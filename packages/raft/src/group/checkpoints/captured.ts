import type {
  Anchor,
  CheckpointOutcome,
  CheckpointParts,
  CheckpointRoot,
  Cursor,
  Marker,
} from '@smalti/core';

/** The state of this replica right after a marker was applied, held still. */
export interface Captured {
  /** The marker. */
  readonly at: Cursor;
  /** What a cutter takes. */
  readonly checkpoint: CheckpointParts;
  /** Lets go of it. Called once, by whoever was told of it. */
  release(): void;
}

/** What applying tells of checkpoints. */
export interface MarkPort {
  /**
   * A marker was applied. `captured` is null if this node cannot write what the marker asks for, and reports no root;
   * so is `marker`, if it cannot even read it.
   */
  marker(marker: Marker | null, at: Cursor, captured: Captured | null): void;
  /**
   * The state is that of a checkpoint now, which is in the store and agreed: at the beginning, or when it was installed.
   * Its marker is the last one, and what follows it is applied again if it was applied before.
   */
  installed(anchor: Anchor, root: CheckpointRoot): void;
  /** A checkpoint was agreed, disputed or abandoned, by the entry at that cursor. */
  outcome(outcome: CheckpointOutcome, at: Cursor): void;
}
