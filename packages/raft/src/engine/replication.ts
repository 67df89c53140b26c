import {
  type Cursor,
  type Entry,
  type Index,
  invariant,
  keyOf,
  type MemberKey,
  memberId,
} from '@smalti/core';
import { lacksBase, sendCatchUp, settleCatchUp } from './catch-up.ts';
import { advanceCommit } from './commit.ts';
import { type Core, note, send } from './core.ts';
import { beginRound, confirmRounds, freshnessFor } from './freshness.ts';
import type { Append, AppendReply, Heartbeat, HeartbeatReply } from './messages.ts';
import { makeEager, putsOff } from './observers.ts';
import {
  newProgress,
  noteInflight,
  type Progress,
  probeFrom,
  settleInflight,
  streamFrom,
} from './progress.ts';
import { isObserver } from './quorum.ts';
import { confirmReads, forgetReadsOf, forgetRemoteReads, startRound } from './reads.ts';
import { beginRest, lookMs, mayRest, rests } from './rest.ts';
import { pursueTransfer } from './transfer.ts';

/**
 * Whom a leader sends the log: every member (also those that an uncommitted change removes), and a bonded node that has
 * the id of a member but another incarnation (it lost its disk). The latter is counted for nothing.
 */
export function trackedPeers(core: Core): Set<MemberKey> {
  const members = core.log.membersSince(core.commit);
  const ids = new Set(members.map((member) => member.id));
  const keys = new Set(members.map(keyOf));
  for (const key of core.bonded.keys()) if (ids.has(memberId(key))) keys.add(key);
  keys.delete(core.options.self);
  return keys;
}

/** A follower that this leader begins to follow: nothing is known of its log. */
export function newPeer(core: Core, key: MemberKey): Progress {
  const progress = newProgress((core.log.last.index + 1) as Index, core.now);
  progress.boot = core.bonded.get(key) ?? null;
  progress.bonded = core.bonded.has(key);
  progress.pulses = core.pulsing.has(key);
  progress.paced = isObserver(core.log.configuration, key);
  core.peers.set(key, progress);
  return progress;
}

/** A bond came to be. A new boot nonce means that the peer may have lost what it had: its match is forgotten. */
export function peerBonded(core: Core, peer: MemberKey, boot: string, pulses = false): void {
  core.bonded.set(peer, boot);
  if (pulses) core.pulsing.add(peer);
  else core.pulsing.delete(peer);
  forgetReadsWith(core, peer);
  if (core.role !== 'leader' || !trackedPeers(core).has(peer)) return;
  const progress = core.peers.get(peer) ?? newPeer(core, peer);
  if (progress.boot !== boot) {
    progress.match = 0 as Index;
    progress.round = 0;
    progress.roundBefore = 0;
    progress.boot = boot;
  }
  progress.bonded = true;
  progress.pulses = pulses;
  progress.resting = false;
  progress.toldCommit = 0 as Index;
  probeFrom(progress, (core.log.last.index + 1) as Index);
  sendAppends(core, peer, progress);
}

export function peerUnbonded(core: Core, peer: MemberKey): void {
  core.bonded.delete(peer);
  core.pulsing.delete(peer);
  forgetReadsWith(core, peer);
  const progress = core.peers.get(peer);
  if (progress === undefined) return;
  progress.bonded = false;
  progress.pulses = progress.resting = false;
  probeFrom(progress, (progress.match + 1) as Index);
}

/** Reads that were asked over a bond end with it, in both directions. */
function forgetReadsWith(core: Core, peer: MemberKey): void {
  forgetReadsOf(core, peer);
  if (peer === core.leader) forgetRemoteReads(core);
}

/** Sends to every follower what it lacks, as far as its bounds allow. */
export function broadcastAppends(core: Core): void {
  // Called in every turn: a loop over the entries would make an array for each peer.
  core.peers.forEach((progress, key) => {
    sendAppends(core, key, progress);
  });
}

/** Sends observers what was put off. */
export function serveObservers(core: Core): void {
  core.observersAt = Number.POSITIVE_INFINITY;
  for (const [key, progress] of core.peers) if (progress.paced) serve(core, key, progress);
}

/** As a leader: a peer asks for a read. If it is an observer, it gets now what was put off, before the read's own round. */
export function serveReader(core: Core, from: MemberKey): void {
  const progress = core.peers.get(from);
  if (core.role !== 'leader' || !progress?.paced) return;
  makeEager(core, from);
  serve(core, from, progress);
}

function serve(core: Core, to: MemberKey, progress: Progress): void {
  sendAppends(core, to, progress, true);
  tellCommit(core, to, progress, true);
}

/** Sends one follower what it lacks: one question in `probe`, else a stream within its bound. */
export function sendAppends(core: Core, to: MemberKey, progress: Progress, atOnce = false): void {
  if (!progress.bonded || progress.reading !== null) return;
  if (progress.mode === 'probe') {
    if (progress.asked === null) sendOne(core, to, progress);
    return;
  }
  if (progress.next > core.log.last.index || (!atOnce && putsOff(core, progress))) return;
  while (
    progress.next <= core.log.last.index &&
    progress.inflightBytes < core.options.maxInflightBytes &&
    progress.reading === null
  ) {
    if (!sendOne(core, to, progress)) return;
  }
}

/** False if there is nothing to be sent now. */
function sendOne(core: Core, to: MemberKey, progress: Progress): boolean {
  const { log, options } = core;
  const next = Math.max(progress.next, log.base.index + 1) as Index;
  progress.next = next;
  const shared = core.memo;
  if (shared !== null && shared.next === next) {
    sendAppend(core, to, progress, shared.message);
    return true;
  }
  const entries = log.slice(next, log.last.index, options.maxAppendBytes);
  if (entries === null) {
    if (next <= core.commit) {
      // Others have it too. Only what is not committed yet has to come from here, be it from the disk.
      if (progress.mode === 'catch-up') return false;
      sendCatchUp(core, to, progress);
      return true;
    }
    core.tickets += 1;
    progress.reading = core.tickets;
    core.effects.push({
      type: 'read-log',
      ticket: core.tickets,
      first: next,
      last: Math.min(log.windowFirst - 1, log.last.index) as Index,
      maxBytes: options.maxAppendBytes,
    });
    return true;
  }
  const message = appendOf(core, next, entries);
  // Followers that are equally far get the same object, so that it is encoded once.
  core.memo = { next, message };
  sendAppend(core, to, progress, message);
  return true;
}

function appendOf(core: Core, next: Index, entries: readonly Entry[]): Append {
  const before = (next - 1) as Index;
  const term = core.log.termAt(before);
  invariant(term !== undefined, `the term before ${next} is known`);
  const prev: Cursor = { index: before, term };
  return { type: 'append', term: core.term, prev, entries, commit: core.commit, logEnd: core.log.last.index };
}

function sendAppend(core: Core, to: MemberKey, progress: Progress, message: Append): void {
  const last = message.entries.at(-1);
  if (progress.mode === 'probe') {
    progress.asked = { end: last?.index ?? message.prev.index };
  } else if (last !== undefined) {
    noteInflight(progress, message.entries);
    progress.next = (last.index + 1) as Index;
  }
  progress.toldCommit = message.commit;
  // Something happens: rounds of heartbeats tell how fresh everybody's state is, until there is nothing new for a while.
  progress.resting = false;
  beatSoon(core);
  send(core, to, message);
}

/** Old entries have been read for whoever waits for them under that ticket. */
export function handleLogRead(core: Core, ticket: number, entries: readonly Entry[] | null): void {
  for (const [key, progress] of core.peers) {
    if (progress.reading !== ticket) continue;
    progress.reading = null;
    const first = entries?.[0];
    const stillThere = entries?.every((entry) => core.log.termAt(entry.index) === entry.term) ?? false;
    // What cannot be read now is tried again when the next heartbeat is answered.
    if (entries === null || first === undefined || !stillThere) return;
    // It may have told meanwhile that it has some of it.
    if (first.index === progress.next) sendAppend(core, key, progress, appendOf(core, first.index, entries));
    sendAppends(core, key, progress);
    return;
  }
}

export function handleAppendReply(core: Core, from: MemberKey, message: AppendReply): void {
  const progress = core.peers.get(from);
  if (progress === undefined) return;
  progress.heardAt = core.now;
  noteMatch(core, from, progress, message.match);
  const { refused } = message;
  if (refused !== null && lacksBase(core, progress, refused.prev, message.session)) {
    sendCatchUp(core, from, progress, true);
  } else if (settleCatchUp(progress, message.session)) {
    // While it catches up, what it refuses is what it could not keep.
  } else if (refused !== null) {
    const { prev, hint } = refused;
    const stale = progress.mode === 'probe' ? prev !== progress.next - 1 : prev <= progress.match;
    if (stale) return;
    // Raft §5.3, the accelerated way back: the hint tells where to ask next, and proves nothing.
    const join = core.log.lastAtMost(hint.index, hint.term);
    const next = Math.min(prev, join.index + 1);
    probeFrom(progress, Math.max(next, progress.match + 1) as Index);
  } else {
    // Less than the question carries is news of older writes, and not its answer.
    const answered = message.match >= (progress.asked?.end ?? 0);
    if (progress.mode === 'probe' && answered) streamFrom(progress, (progress.match + 1) as Index);
  }
  sendAppends(core, from, progress);
}

function noteMatch(core: Core, from: MemberKey, progress: Progress, match: Index): void {
  if (match > core.log.last.index) {
    note(core, 'warn', `refuses that ${from} matches ${match}: our log ends at ${core.log.last.index}`);
    return;
  }
  if (match <= progress.match) return;
  progress.match = match;
  if (progress.next <= match) progress.next = (match + 1) as Index;
  settleInflight(progress, match);
  // What is committed already is not committed by it.
  if (match > core.commit) advanceCommit(core);
  pursueTransfer(core);
}

/** What was sent has to be followed by a heartbeat, also where the group was at rest. */
function beatSoon(core: Core): void {
  core.heartbeatAt = Math.min(core.heartbeatAt, core.now + core.options.heartbeatMs);
}

/** The time of heartbeats has come: to all that do not rest. */
export function beatOrRest(core: Core): void {
  core.heartbeatAt = core.now + core.options.heartbeatMs;
  if (startRound(core) || core.reads.asked !== null) {
    broadcastHeartbeats(core);
    return;
  }
  const peers = [...core.peers].filter(([, progress]) => progress.bonded);
  const awake = peers.filter(([key, progress]) => !rests(core, key, progress));
  // A leader without followers begins rounds, too: that it knows how fresh its state is comes from them.
  if (awake.length > 0 || peers.length === 0) broadcastHeartbeats(core, awake);
  else core.heartbeatAt = core.now + lookMs(core);
}

/** Tells every follower that we lead, and asks for a sign of life that began now: each time is a round of its own. */
export function broadcastHeartbeats(core: Core, to: Iterable<[MemberKey, Progress]> = core.peers): void {
  core.round += 1;
  beginRound(core);
  for (const [key, progress] of to) {
    if (!progress.bonded) continue;
    progress.beat ??= { round: core.round, next: progress.next, asked: progress.asked };
    sendHeartbeat(core, key, progress, mayRest(core, progress));
  }
  confirmRounds(core);
}

/** Tells those who have everything that more of it is committed, if no append has told them. */
export function broadcastCommit(core: Core): void {
  core.peers.forEach((progress, key) => {
    tellCommit(core, key, progress);
  });
}

function tellCommit(core: Core, to: MemberKey, progress: Progress, atOnce = false): void {
  if (!progress.bonded || progress.toldCommit >= Math.min(core.commit, progress.match)) return;
  if (atOnce || !putsOff(core, progress)) sendHeartbeat(core, to, progress);
}

function sendHeartbeat(core: Core, to: MemberKey, progress: Progress, rest = false): void {
  const commit = Math.min(core.commit, progress.match) as Index;
  progress.toldCommit = commit;
  beatSoon(core);
  const heartbeat: Heartbeat = {
    type: 'heartbeat',
    term: core.term,
    commit,
    leaderCommit: core.commit,
    round: core.round,
    logEnd: core.log.last.index,
    ...freshnessFor(core, progress),
    ...(rest ? { rest } : {}),
  };
  send(core, to, heartbeat);
}

export function handleHeartbeatReply(core: Core, from: MemberKey, message: HeartbeatReply): void {
  const progress = core.peers.get(from);
  if (progress === undefined) return;
  progress.heardAt = core.now;
  if (message.round > progress.round) {
    progress.round = message.round;
    confirmRounds(core);
    confirmReads(core);
  }
  noteMatch(core, from, progress, message.match);
  if (message.rest === true && progress.pulses) beginRest(core, from, progress);
  const { beat } = progress;
  if (beat === null || message.round < beat.round) {
    settleCatchUp(progress, message.session);
    return;
  }
  progress.beat = null;
  if (settleCatchUp(progress, message.session)) {
    // It did not get the request, or its session is over and left something out: begin again.
    if (message.session !== progress.catchUp?.ticket) probeFrom(progress, (progress.match + 1) as Index);
  } else if (progress.mode === 'probe') {
    const { asked } = progress;
    if (asked !== null && asked === beat.asked) {
      // It came before this heartbeat and waits for the disk, or it was lost and is asked again.
      if (message.received >= asked.end) streamFrom(progress, (message.received + 1) as Index);
      else progress.asked = null;
    }
  } else if (message.received + 1 < beat.next) {
    probeFrom(progress, (progress.match + 1) as Index);
  }
  sendAppends(core, from, progress);
}
