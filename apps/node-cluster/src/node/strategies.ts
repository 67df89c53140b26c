import { logReplay } from '@smalti/log-replay';
import type { JoinOptions } from '@smalti/raft';

/** How nodes of this server catch up. Part of the group's identity: all nodes have the same. */
export function strategies(): JoinOptions<never, never, never>['sync'] {
  return [logReplay()];
}
