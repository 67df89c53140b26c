import type { Anchor, Cursor, Entry, Index, MemberKey, Term, TermStart } from '@smalti/core';

/** Entries, or (with none) a question whether `prev` is there. Only a leader sends it (Raft §5.3). */
export interface Append {
  readonly type: 'append';
  readonly term: Term;
  /** The entry before the first of `entries`. */
  readonly prev: Cursor;
  readonly entries: readonly Entry[];
  /** What the leader has committed. The receiver applies no further than it has verified. */
  readonly commit: Index;
  /** Where the leader's log ended when this was sent. */
  readonly logEnd: Index;
}

/**
 * "You lack committed entries that I do not have at hand: fetch them from whoever has them." Sent instead of entries;
 * what may be sent from memory, or is not committed, follows as appends. Its table lets the receiver tell committed
 * entries from a deposed leader's.
 */
export interface CatchUp {
  readonly type: 'catch-up';
  readonly term: Term;
  /** Names this request within the leader's term. Not 0. */
  readonly ticket: number;
  /**
   * The table begins right after it. An entry that the receiver is known to have; if that is not in the sender's log any
   * more, the first that the sender can speak of: who lacks that one, too, has to install `anchor`.
   */
  readonly since: Cursor;
  /** Committed; what comes after it, the leader sends. At `since` only if that is the anchor, else beyond it. */
  readonly position: Cursor;
  readonly leaderCommit: Index;
  /** Where each term begins in the leader's log. */
  readonly rows: readonly TermStart[];
  /** The last index that the rows speak of, or null if they are all of the leader's log. */
  readonly through: Index | null;
  /** Right after `position`. */
  readonly entries: readonly Entry[];
  readonly logEnd: Index;
  /** The newest checkpoint on the sender's disk whose root is agreed, or null if it has none. */
  readonly anchor: Anchor | null;
}

/** The answer to an append, sent when what it speaks of is on the sender's disk. */
export interface AppendReply {
  readonly type: 'append-reply';
  readonly term: Term;
  /** The sender's disk holds what the leader's log holds, up to here. */
  readonly match: Index;
  /** Set if `prev` was not there: its index, and the last entry that may be common (a hint, never a proof). */
  readonly refused: { readonly prev: Index; readonly hint: Cursor } | null;
  /** The ticket of the catch-up that the sender works on, or 0. */
  readonly session: number;
}

/** "I still lead": keeps elections away, carries the commit index, and a round of confirmation for reads. */
export interface Heartbeat {
  readonly type: 'heartbeat';
  readonly term: Term;
  /** Not beyond what the leader has verified to match on the receiver: may be applied. */
  readonly commit: Index;
  /** What the leader has committed, whether the receiver has it or not. */
  readonly leaderCommit: Index;
  readonly round: number;
  readonly logEnd: Index;
  /** The newest round of which the leader had the receiver's answer when this round began, or 0. */
  readonly heard: number;
  /** The newest round of this term that a quorum has answered, or 0. */
  readonly confirmed: number;
  /** "Shall pulses stand for further heartbeats, as long as nothing changes?" */
  readonly rest?: boolean;
}

export interface HeartbeatReply {
  readonly type: 'heartbeat-reply';
  readonly term: Term;
  readonly round: number;
  /** As in {@link AppendReply}. */
  readonly match: Index;
  /** What the sender has received and found to join the leader's log, on disk or not yet. */
  readonly received: Index;
  /** As in {@link AppendReply}. */
  readonly session: number;
  /** "They shall": the sender has all that the leader has, and follows it. */
  readonly rest?: boolean;
}

/** "Would you vote for me in this term?" Changes nothing (Thesis §9.6). */
export interface PreVote {
  readonly type: 'pre-vote';
  /** The term that would be campaigned in: one above the sender's. */
  readonly term: Term;
  readonly last: Cursor;
}

export interface Vote {
  readonly type: 'vote';
  readonly term: Term;
  readonly last: Cursor;
  /** The leader itself wants this election: whoever hears it need not stand by it (Thesis §4.2.3). */
  readonly transfer: boolean;
}

/** The leader wants the receiver to lead: it has all of the leader's log, and is to campaign at once (Thesis §3.10). */
export interface TimeoutNow {
  readonly type: 'timeout-now';
  readonly term: Term;
}

/** The leader says: you are no member, by the committed configuration at that index. */
export interface Removed {
  readonly type: 'removed';
  readonly term: Term;
  readonly at: Index;
}

/** The answer to a {@link PreVote} or a {@link Vote}. */
export interface VoteReply {
  readonly type: 'vote-reply' | 'pre-vote-reply';
  /** The term asked about if granted; else the sender's own. */
  readonly term: Term;
  readonly granted: boolean;
  /** The sender may have lost entries that it had acknowledged: its vote counts only together with everybody's. */
  readonly doubtful: boolean;
}

/** A follower asks for an index to read at (Thesis §6.4). */
export interface ReadIndex {
  readonly type: 'read-index';
  readonly term: Term;
  readonly id: number;
}

export interface ReadIndexReply {
  readonly type: 'read-index-reply';
  readonly term: Term;
  readonly id: number;
  /** What must be applied before the answer is given. */
  readonly index: Index;
  /** Group time of the newest committed entry. */
  readonly stamp: number;
}

/** What engines say to each other. */
export type Message =
  | Append
  | CatchUp
  | AppendReply
  | Heartbeat
  | HeartbeatReply
  | PreVote
  | Vote
  | VoteReply
  | ReadIndex
  | ReadIndexReply
  | TimeoutNow
  | Removed;

/** A message and who sent it, as the bond has proven. */
export interface Received {
  readonly from: MemberKey;
  readonly message: Message;
}
