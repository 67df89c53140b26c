import { type Cursor, type EntryName, RejectCommand, SKIPPED_REASON } from '@smalti/core';
import type { SkipAt } from './skip-book.ts';

/** Where a state machine has failed. */
export interface MachineFailure {
  readonly at: Cursor;
  /** The entry with the command at which it failed; null if a newer program is what is needed. */
  readonly command: EntryName | null;
}

/** What becomes of a command that is skipped: the same on every replica. */
export function skipped({ skip }: SkipAt): RejectCommand {
  return new RejectCommand(
    SKIPPED_REASON,
    `no replica applies the command, an operator said: ${skip.reason}`,
  );
}
