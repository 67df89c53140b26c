import { autoSync } from '@smalti/auto-sync';
import { logReplay } from '@smalti/log-replay';
import type { JoinOptions } from '@smalti/raft';
import { snapshotSync } from '@smalti/snapshot-sync';
import type { SyncChoice } from '../cli/index.ts';

/**
 * How nodes of this server catch up. Part of the group's identity: all nodes have the same; what they try first is each
 * node's own.
 */
export function strategies(choice: SyncChoice = 'auto'): JoinOptions<never, never, never>['sync'] {
  const [replay, snapshot] = [logReplay(), snapshotSync()];
  if (choice === 'auto') return [autoSync([replay, snapshot])];
  return [autoSync(choice === 'replay' ? [replay, snapshot] : [snapshot, replay], { choose: 'first' })];
}
