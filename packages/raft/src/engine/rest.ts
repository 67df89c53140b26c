import type { MemberKey } from '@smalti/core';
import { type Core, resetElectionTimer } from './core.ts';
import type { Heartbeat } from './messages.ts';
import type { Progress } from './progress.ts';

/*
 * A group in which nothing happens rests: pulses of the bonds stand for heartbeats and their answers. A pulse says no
 * more than "I still lead, in the term in which we agreed on it", and its confirmation "I still follow you in it";
 * both end with that term, role or leader at the latest. A follower rests only if it has all that the leader has. What
 * is more than that is said by messages: rounds of confirmation for reads are never answered by a pulse.
 */

/** A leader looks at a resting group so often in the shortest election timeout. */
const LOOKS = 4 / 3;
/** Without a look pulses go on for so long: a part of the shortest election timeout, longer than between two looks. */
const BEAT = 9 / 10;

/** Milliseconds between two looks of a leader at a group that rests. */
export function lookMs(core: Core): number {
  return Math.max(core.options.heartbeatMs, core.options.electionMinMs / LOOKS);
}

/** It has all that there is: a heartbeat would tell it nothing. */
function isSettled(core: Core, progress: Progress): boolean {
  const { last } = core.log;
  return (
    progress.mode === 'replicate' &&
    progress.match === last.index &&
    progress.toldCommit === last.index &&
    core.commit === last.index &&
    progress.inflight.length === 0 &&
    progress.reading === null &&
    core.reads.asked === null
  );
}

/** As a leader: true if the next heartbeat should ask that follower whether it rests. */
export function mayRest(core: Core, progress: Progress): boolean {
  // Leases rest on rounds.
  return progress.pulses && core.options.leaseMs === 0 && isSettled(core, progress);
}

/** As a leader: true if no heartbeat is needed now, since pulses stand for it. */
export function rests(core: Core, to: MemberKey, progress: Progress): boolean {
  if (!progress.resting) return false;
  // Pulses that are not confirmed may be lost on the way, or the follower may be stuck: messages find out.
  const confirmed = core.now < progress.heardAt + core.options.electionMinMs / 2;
  if (!confirmed || !isSettled(core, progress) || progress.beat !== null) {
    progress.resting = false;
    return false;
  }
  beat(core, to);
  return true;
}

/** As a leader: a follower agrees to rest. */
export function beginRest(core: Core, from: MemberKey, progress: Progress): void {
  progress.resting = true;
  beat(core, from);
}

function beat(core: Core, to: MemberKey): void {
  core.effects.push({ type: 'beat', to, forMs: core.options.electionMinMs * BEAT });
}

/** As a follower: true if it rests from now on under the leader that asks. */
export function agreesToRest(core: Core, message: Heartbeat): boolean {
  const { last } = core.log;
  return (
    message.rest === true &&
    message.logEnd === last.index &&
    core.commit === last.index &&
    core.verified === last.index &&
    core.disk.durable === last.index &&
    core.session === null
  );
}

/** Pulses were heard, or confirmed. They are counted for the time at which they came. */
export function heard(core: Core, peer: MemberKey, at: number): void {
  if (core.role === 'leader') {
    const progress = core.peers.get(peer);
    if (progress?.resting && at > progress.heardAt) progress.heardAt = at;
  } else if (core.role === 'follower' && core.leader === peer && at > core.leaderHeardAt) {
    core.leaderHeardAt = at;
    resetElectionTimer(core, at);
  }
}

/** A follower denies that it rests: it may follow another, and is asked by a message. */
export function objected(core: Core, peer: MemberKey): void {
  const progress = core.peers.get(peer);
  if (core.role !== 'leader' || !progress?.resting) return;
  progress.resting = false;
  core.heartbeatAt = core.now;
}
