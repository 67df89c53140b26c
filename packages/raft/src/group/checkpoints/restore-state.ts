import { type GroupLog, isSnapshotStateMachine, type StateMachine } from '@smalti/core';
import type { Platform } from '../api.ts';
import type { CheckedCheckpoints } from '../checkpoint-options.ts';
import { type Restored, restore } from './restore.ts';

/** What a group that is joined begins with. Errors as those of {@link restore}. */
export function restoreState<Command, Query, Result>(
  log: GroupLog,
  checkpoints: CheckedCheckpoints | null,
  machine: StateMachine<Command, Query, Result>,
  platform: Platform,
): Promise<Restored> {
  if (checkpoints === null || !isSnapshotStateMachine(machine)) return Promise.resolve({ type: 'log' });
  const note = (text: string): void => platform.logger.warn(text);
  return new Promise((resolve, reject) => {
    restore({ ...platform, store: checkpoints.store, log, machine, note }, (error, restored) =>
      error === null ? resolve(restored) : reject(error),
    );
  });
}
