import type { Index, MemberKey, Term } from '@smalti/core';
import type { Core } from './core.ts';
import { renewLease } from './lease.ts';
import type { Heartbeat } from './messages.ts';
import type { Progress } from './progress.ts';
import { quorumValue } from './quorum.ts';

/*
 * How old a state may be, by this node's clock alone. What is known is a moment of that clock and an index: all that
 * was acknowledged anywhere before the moment is at or before the index.
 *
 * A leader knows it of each round of heartbeats that a quorum answers: it led when the round began, and its commit index
 * then is fresh as of then (Thesis §6.4). A follower may not count from when it hears such a round: the round began
 * before that. It counts from an answer of its own: a round that the leader began after it had that answer began, by
 * anybody's clock, after the answer was given. So each heartbeat says which answer of its receiver came before its round
 * began, and which round a quorum has answered.
 */

/** All that was acknowledged anywhere before `at` is at or before `index`. */
export interface Fresh {
  /** In the time of the engine's `now`, in milliseconds. */
  readonly at: number;
  readonly index: Index;
}

/** What is on its way to be known. */
export interface Freshness {
  /** The newest that is known, of whatever term. */
  newest: Fresh | null;
  /** In which the rounds were counted that follow. */
  term: Term;
  /** As a leader: rounds that no quorum has answered. */
  begun: { readonly round: number; readonly at: number; readonly index: Index }[];
  /** As a leader: the newest round that a quorum has answered, begun with an entry of this term committed; or 0. */
  confirmed: number;
  /** As a follower: when each of the last rounds was answered first. */
  answered: { readonly round: number; readonly at: number }[];
  /** As a follower: when the answer was given that came before that round began. */
  since: { readonly round: number; readonly at: number }[];
}

/** Rounds kept of each kind: more are under way only if nothing is heard, and then the oldest says least. */
const KEPT = 64;

export function newFreshness(): Freshness {
  return { newest: null, term: 0 as Term, begun: [], confirmed: 0, answered: [], since: [] };
}

/**
 * Each term counts its rounds anew. Within one, nothing is forgotten: a follower that lost sight of its leader, found it
 * again and took its second answer to a round for its first would count from too late.
 */
function roundsOf(core: Core): Freshness {
  if (core.freshness.term !== core.term) {
    core.freshness = { ...newFreshness(), newest: core.freshness.newest, term: core.term };
  }
  return core.freshness;
}

export function noteFresh(core: Core, at: number, index: Index): void {
  const { newest } = core.freshness;
  if (newest === null || at > newest.at) core.freshness.newest = { at, index };
}

/** A leader begins a round. Before an entry of its term is committed, its commit index says nothing (Raft §8). */
export function beginRound(core: Core): void {
  for (const progress of core.peers.values()) progress.roundBefore = progress.round;
  if (core.commit < core.termStart) return;
  keep(roundsOf(core).begun, { round: core.round, at: core.now, index: core.commit });
}

/** A follower has answered a round: a quorum may have. */
export function confirmRounds(core: Core): void {
  const freshness = roundsOf(core);
  const oldest = freshness.begun[0];
  if (oldest === undefined) return;
  const { self } = core.options;
  const reached = quorumValue(core.log.configuration, (key: MemberKey) =>
    key === self ? core.round : (core.peers.get(key)?.round ?? 0),
  );
  if (oldest.round > reached) return;
  for (
    let next = freshness.begun[0];
    next !== undefined && next.round <= reached;
    next = freshness.begun[0]
  ) {
    freshness.begun.shift();
    freshness.confirmed = next.round;
    noteFresh(core, next.at, next.index);
    renewLease(core, next.at);
  }
}

/** What a leader says of it in a heartbeat. */
export function freshnessFor(core: Core, progress: Progress): Pick<Heartbeat, 'heard' | 'confirmed'> {
  return { heard: progress.roundBefore, confirmed: roundsOf(core).confirmed };
}

/** A follower hears a heartbeat, and is about to answer it. */
export function hearRound(core: Core, message: Heartbeat): void {
  const freshness = roundsOf(core);
  const { answered, since } = freshness;
  if (message.round > (since.at(-1)?.round ?? 0)) {
    const answer = answered.find(({ round }) => round === message.heard);
    if (answer !== undefined) keep(since, { round: message.round, at: answer.at });
  }
  const known = since.findLast(({ round }) => round <= message.confirmed);
  if (known !== undefined) {
    freshness.since = since.filter(({ round }) => round > message.confirmed);
    // The leader's commit index now is not less than when that round began.
    noteFresh(core, known.at, message.leaderCommit);
  }
  // Only its first answer: the leader may have had that one.
  if (message.round > (answered.at(-1)?.round ?? 0)) keep(answered, { round: message.round, at: core.now });
}

function keep<T>(list: T[], item: T): void {
  list.push(item);
  if (list.length > KEPT) list.shift();
}
