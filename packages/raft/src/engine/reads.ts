import type { Index, MemberKey } from '@smalti/core';
import { type Core, send, type WaitingRead } from './core.ts';
import { noteFresh } from './freshness.ts';
import { holdsLease } from './lease.ts';
import type { ReadIndex, ReadIndexReply } from './messages.ts';
import { hasQuorum } from './quorum.ts';

/*
 * Strong reads by ReadIndex (Thesis §6.4). A read waits for a round of heartbeats that began after it came, answered
 * by a quorum of voters: then this node led when the read was asked, and its commit index then is fresh. Clocks have
 * no say in it, unless leases are on. One round is under way at a time; all reads that come meanwhile share the next.
 */

/** A read was asked on this node. */
export function handleRead(core: Core, id: number): void {
  if (core.role === 'leader') {
    core.reads.waiting.push({ from: core.options.self, id });
  } else if (core.leader !== null && core.bonded.has(core.leader)) {
    core.reads.remote.set(id, core.now);
    send(core, core.leader, { type: 'read-index', term: core.term, id });
  } else {
    core.effects.push({ type: 'read-failed', id });
  }
}

/** A follower asks. Only a leader of that very term answers. */
export function handleReadIndex(core: Core, from: MemberKey, message: ReadIndex): void {
  if (core.role !== 'leader') return;
  core.reads.waiting.push({ from, id: message.id });
}

export function handleReadIndexReply(core: Core, from: MemberKey, message: ReadIndexReply): void {
  const asked = core.reads.remote.get(message.id);
  if (from !== core.leader || asked === undefined) return;
  core.reads.remote.delete(message.id);
  noteFresh(core, asked, message.index);
  core.effects.push({ type: 'read-ready', id: message.id, index: message.index, stamp: message.stamp });
}

/**
 * Starts a round for all reads that wait: the next one. True if its heartbeats have to go out. Reads wait as long
 * as no entry of this term is committed: until then the commit index may be stale (Raft §8).
 */
export function startRound(core: Core): boolean {
  const { reads } = core;
  if (core.role !== 'leader' || reads.waiting.length === 0) return false;
  if (core.commit < core.termStart) return false;
  if (holdsLease(core)) {
    for (const { from, id } of reads.waiting.splice(0))
      answer(core, from, id, core.commit, core.committedStamp);
    return false;
  }
  if (reads.asked !== null) return false;
  reads.asked = {
    round: core.round + 1,
    at: core.now,
    index: core.commit,
    stamp: core.committedStamp,
    reads: reads.waiting,
  };
  reads.waiting = [];
  confirmReads(core);
  return reads.asked !== null;
}

/** Answers the reads of the round under way, if a quorum of voters has answered it. */
export function confirmReads(core: Core): void {
  const { asked } = core.reads;
  if (core.role !== 'leader' || asked === null) return;
  const { self } = core.options;
  const answered = (key: MemberKey): boolean =>
    key === self || (core.peers.get(key)?.round ?? 0) >= asked.round;
  if (!hasQuorum(core.log.configuration, answered)) return;
  core.reads.asked = null;
  noteFresh(core, asked.at, asked.index);
  for (const read of asked.reads) answer(core, read.from, read.id, asked.index, asked.stamp);
}

function answer(core: Core, to: MemberKey, id: number, index: Index, stamp: number): void {
  if (to === core.options.self) core.effects.push({ type: 'read-ready', id, index, stamp });
  else send(core, to, { type: 'read-index-reply', term: core.term, id, index, stamp });
}

/** The leader changed, or this node's role: nothing that was asked will be answered. */
export function forgetReads(core: Core): void {
  const { reads } = core;
  const { self } = core.options;
  const lost = [...reads.waiting, ...(reads.asked?.reads ?? [])].filter((read) => read.from === self);
  const ids = [...lost.map((read) => read.id), ...reads.remote.keys()];
  core.reads = { waiting: [], asked: null, remote: new Map() };
  for (const id of ids) core.effects.push({ type: 'read-failed', id });
}

/**
 * The bond to a follower ended, and so did what it asked: ids begin anew with each life of a process, and an answer to
 * the last one must not be taken for one of this, which may have begun after more was committed.
 */
export function forgetReadsOf(core: Core, peer: MemberKey): void {
  const { reads } = core;
  const isKept = (read: WaitingRead): boolean => read.from !== peer;
  reads.waiting = reads.waiting.filter(isKept);
  if (reads.asked !== null) reads.asked.reads = reads.asked.reads.filter(isKept);
}

/** The bond to the leader ended: what was asked of it will not be answered. */
export function forgetRemoteReads(core: Core): void {
  for (const id of core.reads.remote.keys()) core.effects.push({ type: 'read-failed', id });
  core.reads.remote.clear();
}

/** Gives up on reads that the leader has not answered for an election timeout; they can be asked again. */
export function expireReads(core: Core): void {
  for (const [id, at] of core.reads.remote) {
    if (core.now < at + core.options.electionMinMs) break;
    core.reads.remote.delete(id);
    core.effects.push({ type: 'read-failed', id });
  }
}
