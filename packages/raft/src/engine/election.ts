import { type Cursor, EntryKind, type Index, type MemberKey, type Term } from '@smalti/core';
import {
  type Core,
  diskIsStalled,
  isSelfVoter,
  leaderIsAlive,
  note,
  resetElectionTimer,
  send,
} from './core.ts';
import { isHushed } from './lease.ts';
import type { PreVote, Vote, VoteReply } from './messages.ts';
import { stageEntries } from './persistence.ts';
import { everybody, hasQuorum, neededInDoubt, quorumIsLost } from './quorum.ts';
import { forgetReads } from './reads.ts';
import { broadcastAppends, newPeer, trackedPeers } from './replication.ts';
import { endSession, forgetKept } from './session-state.ts';
import { successors } from './transfer.ts';

/** Adopts a term, or a leader within it. Whatever this node was, it follows now (Raft §5.1). */
export function becomeFollower(core: Core, term: Term, leader: MemberKey | null): void {
  const newTerm = term > core.term;
  if (newTerm) {
    core.term = term;
    core.vote = null;
    core.disk.hardDirty = true;
  }
  if (newTerm || leader !== core.leader || core.role !== 'follower') {
    if (core.role === 'leader') core.peers.clear();
    core.transfer = null;
    core.role = 'follower';
    core.leader = leader;
    core.votes.clear();
    // What a session has fetched is committed, and what the log begins after: every leader has it.
    const fetched = core.session?.end.index ?? 0;
    core.verified = Math.max(core.commit, core.log.base.index, fetched) as Index;
    forgetKept(core);
    core.told = 0 as Index;
    core.announced = 0 as Index;
    // What is committed matches anyway; that it does is no answer to whatever the leader asks first.
    core.acked = core.commit;
    core.ackOwed = false;
    core.heartbeatAt = core.observersAt = Number.POSITIVE_INFINITY;
    forgetReads(core);
    resetElectionTimer(core);
  }
}

/** Gives leadership, or the wish for it, up without a successor; the term stays. */
export function stepDown(core: Core, why: string): void {
  note(core, 'warn', `gives up leading term ${core.term}: ${why}`);
  becomeFollower(core, core.term, null);
  // Others go first: whatever made this node step down may not be over.
  core.electionAt = Math.max(core.electionAt, core.now + 2 * core.options.electionMaxMs);
}

/**
 * Gives leadership up at once, whatever is under way: to a voter that has all of this node's log, if there is one. It
 * campaigns at once, and nobody waits for a timeout.
 */
export function handOver(core: Core, why: string): void {
  if (core.role === 'leader') {
    const ready = (key: MemberKey): boolean => (core.peers.get(key)?.match ?? 0) >= core.log.last.index;
    const [best] = successors(core, ready);
    if (best !== undefined) send(core, best, { type: 'timeout-now', term: core.term });
  }
  stepDown(core, why);
}

/** The election timer fired. Asks first whether an election could be won, so that nobody is disturbed (Thesis §9.6). */
export function campaign(core: Core): void {
  resetElectionTimer(core);
  if (!isSelfVoter(core) || core.disk.full || diskIsStalled(core)) {
    if (core.role !== 'follower') becomeFollower(core, core.term, null);
    core.leader = null;
    return;
  }
  if (core.term + 1 >= Number.MAX_SAFE_INTEGER) return;
  core.role = 'pre-candidate';
  core.leader = null;
  core.votes.clear();
  forgetReads(core);
  core.votes.set(core.options.self, core.doubt ? 'doubtful' : 'granted');
  ask(core, { type: 'pre-vote', term: (core.term + 1) as Term, last: core.log.last });
  countVotes(core);
}

/** The leader has told this node to lead. */
export function takeOver(core: Core): void {
  core.leader = null;
  forgetReads(core);
  startElection(core, true);
}

function startElection(core: Core, transfer = false): void {
  core.role = 'candidate';
  core.term = (core.term + 1) as Term;
  core.vote = core.options.self;
  core.disk.hardDirty = true;
  core.votes.clear();
  resetElectionTimer(core);
  ask(core, { type: 'vote', term: core.term, last: core.log.last, transfer });
}

function ask(core: Core, question: PreVote | Vote): void {
  for (const member of neededInDoubt(core.log.configuration)) {
    if (member !== core.options.self) send(core, member, question);
  }
}

/** Our vote for ourselves counts when it is on disk, as anybody else's does. */
export function countOwnVote(core: Core): void {
  if (core.role !== 'candidate' || core.disk.hardDirty || core.disk.durableSeq < core.disk.hardSeq) return;
  if (core.votes.has(core.options.self)) return;
  core.votes.set(core.options.self, core.doubt ? 'doubtful' : 'granted');
  countVotes(core);
}

/** Is it at least as complete as ours? (Raft §5.4.1) */
function isUpToDate(core: Core, last: Cursor): boolean {
  const ours = core.log.last;
  return last.term > ours.term || (last.term === ours.term && last.index >= ours.index);
}

export function handlePreVote(core: Core, from: MemberKey, message: PreVote): void {
  const granted = message.term > core.term && !leaderIsAlive(core) && isUpToDate(core, message.last);
  const term = granted ? message.term : core.term;
  send(core, from, { type: 'pre-vote-reply', term, granted, doubtful: core.doubt });
}

/** Only for messages of our own term: a higher one was adopted before, a lower one is answered with ours. */
export function handleVote(core: Core, from: MemberKey, message: Vote): void {
  const free = core.vote === from || (core.vote === null && core.leader === null);
  // A leader that wants it holds no lease any more.
  const isFree = free && (message.transfer || !isHushed(core));
  const granted = message.term === core.term && isFree && isUpToDate(core, message.last);
  if (granted) {
    if (core.vote === null) {
      core.vote = from;
      core.disk.hardDirty = true;
    }
    resetElectionTimer(core);
  }
  send(core, from, { type: 'vote-reply', term: core.term, granted, doubtful: core.doubt });
}

export function handleVoteReply(core: Core, from: MemberKey, message: VoteReply): void {
  const wanted = message.type === 'pre-vote-reply' ? 'pre-candidate' : 'candidate';
  if (core.role !== wanted) return;
  const asked = wanted === 'pre-candidate' ? core.term + 1 : core.term;
  if (message.granted && message.term !== asked) return;
  core.votes.set(from, message.granted ? (message.doubtful ? 'doubtful' : 'granted') : 'refused');
  countVotes(core);
}

/**
 * A quorum of votes that are beyond doubt wins, or the votes of everybody: then nothing that any disk still holds
 * can be missed, whoever may have forgotten something.
 */
function countVotes(core: Core): void {
  const { configuration } = core.log;
  const sure = (key: MemberKey): boolean => core.votes.get(key) === 'granted';
  const any = (key: MemberKey): boolean => sure(key) || core.votes.get(key) === 'doubtful';
  if (hasQuorum(configuration, sure) || everybody(configuration, any)) {
    if (core.role === 'pre-candidate') startElection(core);
    else becomeLeader(core);
  } else if (quorumIsLost(configuration, (key) => core.votes.get(key) === 'refused')) {
    becomeFollower(core, core.term, null);
  }
}

function becomeLeader(core: Core): void {
  core.role = 'leader';
  core.leader = core.options.self;
  endSession(core, 'elected');
  core.votes.clear();
  core.peers.clear();
  core.doubtEnds = null;
  core.transfer = null;
  core.settled = 0 as Index;
  core.round = 0;
  forgetReads(core);
  for (const key of trackedPeers(core)) newPeer(core, key);
  // Raft §8: nothing can be committed, and nothing read, before an entry of the new term.
  core.termStart = (core.log.last.index + 1) as Index;
  const stamp = Math.max(core.lastStamp, Math.floor(core.wall));
  const empty = { kind: EntryKind.empty, payload: new Uint8Array(0) };
  stageEntries(core, core.options.framer.seal([empty], core.termStart, core.term, stamp));
  // Not told before that entry is committed.
  core.committedStamp = stamp;
  core.heartbeatAt = core.now;
  broadcastAppends(core);
}
