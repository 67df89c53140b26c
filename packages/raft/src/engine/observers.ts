import type { MemberKey } from '@smalti/core';
import type { Core } from './core.ts';
import type { Progress } from './progress.ts';

/*
 * Observers read, by the dozen. A message to each of them for every batch of commands, and one more when it is
 * committed, would cost a leader more than its voters do. So what there is for them waits for a moment and goes out
 * together: the same bytes for all. One that asks for strong reads, or that forwards commands, is sent everything at once
 * for a while, since somebody there waits for what it is to see.
 */

/** Observers are sent what there is so often in the time between two heartbeats, at most. */
const SERVED_IN_A_HEARTBEAT = 4;

/** Puts off what there is to be sent to an observer. False if it has to go now. */
export function putsOff(core: Core, progress: Progress): boolean {
  if (!progress.paced || progress.mode !== 'replicate' || core.now < progress.eagerUntil) return false;
  const { heartbeatMs } = core.options;
  core.observersAt = Math.min(core.observersAt, core.now + heartbeatMs / SERVED_IN_A_HEARTBEAT);
  return true;
}

/** As a leader: from now on that peer, if it is an observer, is sent everything at once for a while. */
export function makeEager(core: Core, peer: MemberKey): void {
  const progress = core.peers.get(peer);
  if (progress?.paced) progress.eagerUntil = core.now + core.options.heartbeatMs;
}
