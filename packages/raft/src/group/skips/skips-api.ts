import type { Cursor, PeerId } from '@smalti/core';
import type { CallOptions } from '../api.ts';

/** How a command is skipped. */
export interface SkipOptions extends CallOptions {
  /** What an operator says about it: kept in the log and told on every node. 1 to 1,024 bytes of UTF-8. */
  readonly reason: string;
}

/** A command that no replica applies. */
export interface SkippedCommand {
  /** The entry with the command. If it is the last of an atomic run, then none of that run is applied. */
  readonly entry: Cursor;
  /** The entry that says so. */
  readonly at: Cursor;
  /** The node that was told to. */
  readonly by: PeerId;
  readonly reason: string;
}

/** Where the state machine of this node has failed. */
export interface MachineFailureStatus {
  /** The entry at which it did: nothing from there on is applied. */
  readonly at: Cursor;
  /** True if it failed at a command, and not for want of a newer program: it can be skipped. */
  readonly skippable: boolean;
  /** The committed entry that skips it; null if there is none. The node goes on when it is started again. */
  readonly skippedBy: Cursor | null;
}
