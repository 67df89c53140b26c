import type { Index } from '@smalti/core';
import { EntryServer } from '@smalti/sync-kit';

/** Serves committed entries from the log, as they lie on disk. */
export class LogReplayProvider extends EntryServer {
  /** Log replay can do without nothing, and leaves the word to strategies that have checkpoints. */
  safeToPrunePrefix(): Index | null {
    return null;
  }
}
