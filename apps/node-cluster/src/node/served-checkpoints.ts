import { SmaltiError } from '@smalti/core';
import type { Platform } from '@smalti/raft';
import type { KvCheckpoints, KvGroup } from '../service/index.ts';
import type { WatchedLeases } from './watched-leases.ts';

/** The checkpoints of a group on this node, as its servers use them. */
export function servedCheckpoints(group: KvGroup, store: WatchedLeases, platform: Platform): KvCheckpoints {
  const { clock, hasher } = platform;
  return {
    store,
    clock,
    hasher,
    get leases() {
      return store.leases;
    },
    take: async ({ timeoutMs }) => {
      const late = new AbortController();
      const text = `there was no agreement on a checkpoint within ${timeoutMs} ms: wait longer for a large state; is a majority of the voters there?`;
      const timer = clock.setTimer(timeoutMs, () => late.abort(new SmaltiError('TIMEOUT', text)));
      try {
        // What was acknowledged elsewhere may not have come here yet, and a checkpoint is of what is applied here.
        await group.query({ op: 'exists', keys: [] }, 'strong', { signal: late.signal, timeoutMs });
        await group.checkpoints.take(late.signal);
      } catch (error) {
        throw late.signal.aborted ? late.signal.reason : error;
      } finally {
        timer.cancel();
      }
    },
  };
}
