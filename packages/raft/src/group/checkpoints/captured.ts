import type { CheckpointOutcome, CheckpointParts, Cursor, Marker } from '@smalti/core';

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
  /** A checkpoint was agreed, disputed or abandoned, by the entry at that cursor. */
  outcome(outcome: CheckpointOutcome, at: Cursor): void;
}
