import {
  type Anchor,
  type Framer,
  type HardState,
  type Index,
  invariant,
  type MemberKey,
  type Term,
} from '@smalti/core';
import { type Freshness, newFreshness } from './freshness.ts';
import type { Effect, EngineRole, LogShape } from './io.ts';
import { isHushed, type Lease } from './lease.ts';
import { EngineLog } from './log.ts';
import type { Append, Message } from './messages.ts';
import type { Progress } from './progress.ts';
import { isVoter } from './quorum.ts';
import { SeededRandom } from './random.ts';
import type { Session } from './session-state.ts';

/** Times, in milliseconds, and bounds of one engine. */
export interface EngineOptions {
  readonly self: MemberKey;
  readonly framer: Framer;
  /** Draws the election timeouts. */
  readonly seed: number;
  readonly heartbeatMs: number;
  readonly electionMinMs: number;
  readonly electionMaxMs: number;
  readonly diskStallMs: number;
  /** For how long after a round of heartbeats began its quorum keeps others from leading; 0: nothing rests on that. */
  readonly leaseMs: number;
  readonly maxAppendBytes: number;
  /** Sent to one follower and not acknowledged; and kept, as a follower, during a session. */
  readonly maxInflightBytes: number;
  readonly windowBytes: number;
  /** It waits three times as long before it campaigns. */
  readonly reluctant?: boolean;
}

/** What recovery found: what is on disk. */
export interface Recovered {
  readonly hardState: HardState;
  readonly shape: LogShape;
  /** Group time of the last entry. */
  readonly lastStamp: number;
}

/** A write that was asked for and has not completed. */
export interface PendingWrite {
  readonly seq: number;
  /** The last entry of it, or 0. */
  readonly last: Index;
  /** It vouches for its entries up to here alone: lowered by each cut made since it was asked for. */
  vouches: Index;
  readonly at: number;
  /** It makes that the base of the log, which is known to be committed; 0 if it does not. */
  readonly installs: Index;
}

/** Strong reads that wait for a round of confirmation, at a leader. */
export interface WaitingRead {
  readonly from: MemberKey;
  readonly id: number;
}

/**
 * The state of an engine, shared by the modules that each keep one duty of it. Only functions of this folder change
 * it, and only within a step.
 */
export interface Core {
  readonly options: EngineOptions;
  readonly random: SeededRandom;
  now: number;
  wall: number;
  effects: Effect[];

  log: EngineLog;
  /** The newest checkpoint that is whole on this node's disk and whose root is agreed. */
  anchor: Anchor | null;
  term: Term;
  vote: MemberKey | null;
  doubt: boolean;
  commit: Index;
  lastStamp: number;
  /** As a leader: group time of the newest committed entry, once one of this term is. */
  committedStamp: number;

  role: EngineRole;
  leader: MemberKey | null;
  /** When a follower or candidate campaigns next. */
  electionAt: number;
  /** When the leader of this term was last heard. */
  leaderHeardAt: number;
  bonded: Map<MemberKey, string>;
  /** Those of whose bonds pulses can stand for heartbeats. */
  pulsing: Set<MemberKey>;

  disk: {
    seq: number;
    pending: PendingWrite[];
    /** Entries up to here are on disk. */
    durable: Index;
    durableSeq: number;
    /** The write that holds the newest term and vote: nothing leaves before it is on disk. */
    hardSeq: number;
    hardDirty: boolean;
    /** The doubt or the commit index is worth a write of its own. */
    softDirty: boolean;
    staged: { truncateFrom: Index | null; entries: import('@smalti/core').Entry[] };
    full: boolean;
    /** Completions of writes up to here mean nothing any more. */
    void: number;
  };
  outbox: { needs: number; to: MemberKey; message: Message }[];

  votes: Map<MemberKey, 'granted' | 'doubtful' | 'refused'>;

  /** As a follower: up to here our log is known to join the leader's. */
  verified: Index;
  /** As a follower: the highest commit index this leader told us. */
  told: Index;
  /** As a follower: the highest commit index of this leader, whether we have got so far or not. */
  announced: Index;
  acked: Index;
  ackOwed: boolean;
  doubtEnds: { term: Term; index: Index } | null;
  /** As a follower that catches up. */
  session: Session | null;
  /** How many there were. */
  sessions: number;

  /** As a leader. */
  peers: Map<MemberKey, Progress>;
  /** Our first entry of this term: nothing older is committed by counting, nothing is read before it is committed. */
  termStart: Index;
  heartbeatAt: number;
  /** As a leader: when observers are sent what was put off, or infinity if there is nothing. */
  observersAt: number;
  round: number;
  memo: { next: Index; message: Append } | null;
  tickets: number;
  reads: {
    waiting: WaitingRead[];
    /** The round under way, and the index its reads will be given. */
    asked: { round: number; at: number; index: Index; stamp: number; reads: WaitingRead[] } | null;
    /** As a follower: asked of the leader, not answered. */
    remote: Map<number, number>;
  };
  freshness: Freshness;
  /** As a leader. */
  lease: Lease | null;
  /** The last term in which there is to be no lease any more, or 0. */
  leaseEndedIn: Term;
  /** This node would make a poor leader: it waits longer before it campaigns. */
  reluctant: boolean;
  /** As a leader: leadership is being handed over. Nothing is proposed meanwhile. */
  transfer: { readonly to: MemberKey; readonly until: number; told: boolean } | null;
  /** As a leader: when its process last stood still for long. */
  blockedAt: number;
  /** As a leader: the configuration whose being committed has had its consequences in this term. */
  settled: Index;
  /** What a leader told last; null if none did. */
  removed: Removal | null;
  /** The configuration that the last `configuration` effect told of, and whether it was committed. */
  shown: { index: Index; committed: boolean };
}

/** A leader of that term says that this node is no member, by the configuration of that entry. */
export interface Removal {
  readonly at: Index;
  readonly term: Term;
}

/** The state of an engine that begins from what is on disk. */
export function newCore(options: EngineOptions, recovered: Recovered, now: number): Core {
  const { hardState, shape } = recovered;
  invariant(hardState.commit <= shape.last.index, `commit ${hardState.commit} is within the log`);
  const core: Core = {
    options,
    random: new SeededRandom(options.seed),
    now,
    wall: 0,
    effects: [],
    log: new EngineLog(shape, options.windowBytes),
    anchor: null,
    term: hardState.term,
    vote: hardState.vote,
    doubt: hardState.doubt,
    commit: Math.max(hardState.commit, shape.base.index) as Index,
    lastStamp: recovered.lastStamp,
    committedStamp: 0,
    role: 'follower',
    leader: null,
    electionAt: 0,
    // Where leases count, what was heard before a restart is not known any more: it may have been a moment ago.
    leaderHeardAt: options.leaseMs > 0 ? now : Number.NEGATIVE_INFINITY,
    bonded: new Map(),
    pulsing: new Set(),
    disk: {
      seq: 0,
      pending: [],
      durable: shape.last.index,
      durableSeq: 0,
      hardSeq: 0,
      hardDirty: false,
      softDirty: false,
      staged: { truncateFrom: null, entries: [] },
      full: false,
      void: 0,
    },
    outbox: [],
    votes: new Map(),
    verified: 0 as Index,
    told: 0 as Index,
    announced: 0 as Index,
    acked: 0 as Index,
    ackOwed: false,
    doubtEnds: null,
    session: null,
    sessions: 0,
    peers: new Map(),
    termStart: 0 as Index,
    heartbeatAt: Number.POSITIVE_INFINITY,
    observersAt: Number.POSITIVE_INFINITY,
    round: 0,
    memo: null,
    tickets: 0,
    reads: { waiting: [], asked: null, remote: new Map() },
    freshness: newFreshness(),
    lease: null,
    leaseEndedIn: 0 as Term,
    reluctant: options.reluctant ?? false,
    transfer: null,
    blockedAt: Number.NEGATIVE_INFINITY,
    settled: 0 as Index,
    removed: null,
    shown: { index: 0 as Index, committed: false },
  };
  core.verified = core.commit;
  const { configurationIndex } = core.log;
  core.shown = { index: configurationIndex, committed: configurationIndex <= core.commit };
  resetElectionTimer(core);
  return core;
}

/** Hands a message over; it leaves when the newest term and vote are on disk. */
export function send(core: Core, to: MemberKey, message: Message): void {
  core.outbox.push({ needs: -1, to, message });
}

export function note(core: Core, level: 'info' | 'warn', text: string): void {
  core.effects.push({ type: 'note', level, text });
}

/**
 * True if the newest configuration in the log does not count, since that leader says that this node is no member: it is
 * no later than the one that the leader means, or of an earlier term, and then the leader would have it.
 */
export function outweighs({ at, term }: Removal, log: EngineLog): boolean {
  const { configurationIndex } = log;
  return configurationIndex <= at || (log.termAt(configurationIndex) ?? term) < term;
}

/** True if this node was told that it is no member, and its log has not named it since. */
export function isRemoved({ removed, log }: Core): boolean {
  return removed !== null && outweighs(removed, log);
}

/**
 * True if this (id, incarnation) votes, and was not told that it is no member. Whom an entry leaves out that is not
 * committed yet may still be needed to commit it (Thesis §4.2.2).
 */
export function isSelfVoter(core: Core): boolean {
  if (isRemoved(core)) return false;
  return core.log.since(core.commit).some(({ configuration }) => isVoter(configuration, core.options.self));
}

/** Draws the next election timeout: between the bounds, three times as long for who would lead poorly. */
export function resetElectionTimer(core: Core, since = core.now): void {
  const { electionMinMs, electionMaxMs } = core.options;
  const drawn = electionMinMs + core.random.next() * (electionMaxMs - electionMinMs);
  core.electionAt = since + drawn * (core.reluctant ? 3 : 1);
}

/** True if a leader was heard so lately that no election is wanted (Thesis §6.2, §9.6). */
export function leaderIsAlive(core: Core): boolean {
  if (core.role === 'leader' || isHushed(core)) return true;
  return core.leader !== null && core.now < core.leaderHeardAt + core.options.electionMinMs;
}

/*
 * Times are added here as `nextDeadline` adds them, never subtracted: a difference of two floats can fall short of what
 * it was made of, and a deadline that has come would be due for ever.
 */

/** True if the oldest write has been under way for too long. */
export function diskIsStalled(core: Core): boolean {
  const oldest = core.disk.pending[0];
  return oldest !== undefined && core.now >= oldest.at + core.options.diskStallMs;
}
