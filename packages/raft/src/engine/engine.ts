import {
  type Configuration,
  type Cursor,
  type Entry,
  type Index,
  type MemberKey,
  type Term,
  unreachable,
} from '@smalti/core';
import { advanceCommit, followCommit } from './commit.ts';
import {
  type Core,
  diskIsStalled,
  type EngineOptions,
  leaderIsAlive,
  newCore,
  note,
  type Recovered,
  send,
} from './core.ts';
import {
  becomeFollower,
  campaign,
  countOwnVote,
  handlePreVote,
  handleVote,
  handleVoteReply,
  stepDown,
} from './election.ts';
import { acknowledge, handleAppend, handleCatchUp, handleHeartbeat } from './follower.ts';
import type { Effect, EngineRole, Input, LogShape } from './io.ts';
import type { Message } from './messages.ts';
import { completeWrite, flushOutbox, flushWrites, stageEntries, voidWrites } from './persistence.ts';
import { quorumValue } from './quorum.ts';
import { expireReads, handleRead, handleReadIndex, handleReadIndexReply, startRound } from './reads.ts';
import {
  broadcastAppends,
  broadcastCommit,
  broadcastHeartbeats,
  handleAppendReply,
  handleHeartbeatReply,
  handleLogRead,
  peerBonded,
  peerUnbonded,
} from './replication.ts';
import { appendCommitted, commitInSession, finishSession } from './session-requests.ts';

/** A term so far above ours is a fault, not an election: nobody campaigns four billion times. */
const ABSURD_TERMS = 2 ** 32;

import { type EngineView, type SessionView, sessionOf, viewOf } from './view.ts';

/**
 * The rules of consensus, and nothing else: no I/O, no clock, no promise. Equal options and inputs give equal
 * effects. The shell around it carries the effects out.
 */
export class Engine {
  readonly #core: Core;
  /** What `#quorumHeardAt` found last. */
  #heard: { readonly term: Term; readonly configuration: Configuration | null; readonly at: number } = {
    term: 0 as Term,
    configuration: null,
    at: 0,
  };

  constructor(options: EngineOptions, recovered: Recovered, now: number) {
    this.#core = newCore(options, recovered, now);
  }

  /**
   * One step.
   *
   * @param now monotonic milliseconds, never less than before.
   * @param wall the wall clock in milliseconds; stamps of new entries are taken from it.
   * @returns what is to be done, in order.
   */
  step(now: number, wall: number, input: Input): readonly Effect[] {
    const core = this.#core;
    core.now = now;
    core.wall = wall;
    core.effects = [];
    core.memo = null;
    const { role, term, leader } = core;
    // Deadlines that have passed count before anything that comes late: a process may have been paused.
    this.#deadlines();
    this.#take(input);
    acknowledge(core);
    flushWrites(core);
    flushOutbox(core);
    if (role !== core.role || term !== core.term || leader !== core.leader) {
      core.effects.push({ type: 'role', role: core.role, term: core.term, leader: core.leader });
    }
    return core.effects;
  }

  /** When the next `tick` is due, in the time of `now`. */
  nextDeadline(): number {
    const core = this.#core;
    const { options } = core;
    if (core.role !== 'leader') {
      const remote = core.reads.remote.values().next().value;
      return remote === undefined
        ? core.electionAt
        : Math.min(core.electionAt, remote + options.electionMinMs);
    }
    const oldest = core.disk.pending[0];
    const stall = oldest === undefined ? Number.POSITIVE_INFINITY : oldest.at + options.diskStallMs;
    return Math.min(core.heartbeatAt, stall, this.#quorumHeardAt() + options.electionMinMs);
  }

  get view(): EngineView {
    return viewOf(this.#core);
  }

  get session(): SessionView | null {
    return sessionOf(this.#core);
  }

  /** Entries up to here are on disk. */
  get durable(): Index {
    return this.#core.disk.durable;
  }

  /** The role alone, for paths that are taken for each command. */
  get role(): EngineRole {
    return this.#core.role;
  }

  get commit(): Index {
    return this.#core.commit;
  }

  get last(): Cursor {
    return this.#core.log.last;
  }

  termAt(index: Index): Term | undefined {
    return this.#core.log.termAt(index);
  }

  /** Entries that are in memory, from `first` on; null if `first` is not. */
  recent(first: Index, last: Index, maxBytes: number): readonly Entry[] | null {
    return this.#core.log.slice(first, last, maxBytes);
  }

  #take(input: Input): void {
    const core = this.#core;
    switch (input.type) {
      case 'tick':
        return;
      case 'turn-end':
        this.#turnEnd();
        return;
      case 'message':
        this.#message(input.from, input.message);
        return;
      case 'propose':
        if (core.role !== 'leader') {
          core.effects.push({ type: 'refused' });
          return;
        }
        this.#propose(input.drafts);
        return;
      case 'read':
        handleRead(core, input.id);
        return;
      case 'persisted':
        if (completeWrite(core, input.seq)) this.#durable();
        return;
      case 'disk-full':
        this.#diskFull(input.seq, input.shape);
        return;
      case 'space-back':
        if (core.disk.full) note(core, 'info', 'the disk has room again');
        core.disk.full = false;
        return;
      case 'bonded':
        peerBonded(core, input.peer, input.boot);
        return;
      case 'unbonded':
        peerUnbonded(core, input.peer);
        return;
      case 'session-append':
        this.#answer(appendCommitted(core, input.epoch, input.entries));
        return;
      case 'session-commit':
        this.#answer(commitInSession(core, input.epoch, input.at));
        return;
      case 'session-finish':
        this.#answer(finishSession(core, input.epoch, input.at));
        return;
      case 'log-read':
        handleLogRead(core, input.ticket, input.entries);
        return;
      case 'step-down':
        if (input.lasting) core.reluctant = true;
        if (core.role !== 'follower') stepDown(core, input.reason);
        return;
      default:
        unreachable(input);
    }
  }

  #answer(refusal: string | null): void {
    this.#core.effects.push({ type: 'session-answer', refusal });
  }

  #propose(drafts: Extract<Input, { type: 'propose' }>['drafts']): void {
    const core = this.#core;
    const first = (core.log.last.index + 1) as Index;
    const stamp = Math.max(core.lastStamp, Math.floor(core.wall));
    const entries = core.options.framer.seal(drafts, first, core.term, stamp);
    stageEntries(core, entries);
    core.effects.push({ type: 'proposed', entries });
    broadcastAppends(core);
  }

  #durable(): void {
    const core = this.#core;
    countOwnVote(core);
    if (core.role === 'leader') advanceCommit(core);
    else followCommit(core);
  }

  #diskFull(seq: number, shape: LogShape): void {
    const core = this.#core;
    const led = core.role === 'leader';
    if (!voidWrites(core, seq, shape)) return;
    if (led || core.role !== 'follower') stepDown(core, 'the disk is full');
  }

  #turnEnd(): void {
    const core = this.#core;
    if (core.role !== 'leader') return;
    if (startRound(core)) broadcastHeartbeats(core);
    else broadcastCommit(core);
  }

  #deadlines(): void {
    const core = this.#core;
    const { now, options } = core;
    if (core.role !== 'leader') {
      expireReads(core);
      if (now >= core.electionAt) campaign(core);
      return;
    }
    // Raft thesis §6.2: a leader that a quorum does not answer is one no more.
    if (now >= this.#quorumHeardAt() + options.electionMinMs) {
      stepDown(core, 'a quorum of voters has not been heard for an election timeout');
    } else if (diskIsStalled(core)) {
      stepDown(core, `its disk has not completed a write for ${options.diskStallMs} ms`);
    } else if (now >= core.heartbeatAt) {
      core.heartbeatAt = now + options.heartbeatMs;
      startRound(core);
      broadcastHeartbeats(core);
    }
  }

  /**
   * The latest time at which a quorum of voters had been heard, or an earlier one. It only grows while one leader has
   * one configuration: it is worth counting again only when it seems too long ago.
   */
  #quorumHeardAt(): number {
    const core = this.#core;
    const { term } = core;
    const { configuration } = core.log;
    const known = this.#heard;
    const holds = known.term === term && known.configuration === configuration;
    if (holds && core.now < known.at + core.options.electionMinMs) return known.at;
    const { self } = core.options;
    const at = quorumValue(configuration, (key) =>
      key === self ? core.now : (core.peers.get(key)?.heardAt ?? Number.NEGATIVE_INFINITY),
    );
    this.#heard = { term, configuration, at };
    return at;
  }

  #message(from: MemberKey, message: Message): void {
    const core = this.#core;
    if (from === core.options.self) return;
    if (message.term > core.term + ABSURD_TERMS || !Number.isSafeInteger(message.term)) {
      note(
        core,
        'warn',
        `refuses a ${message.type} of ${from}: its term ${message.term} is absurd, ours is ${core.term}`,
      );
      return;
    }
    if (message.term > core.term && !this.#adopts(from, message)) return;
    if (message.term < core.term) {
      this.#answerStale(from, message);
      return;
    }
    this.#dispatch(from, message);
  }

  /** A message of a higher term. False if it is to be ignored. */
  #adopts(from: MemberKey, message: Message): boolean {
    const core = this.#core;
    if (message.type === 'pre-vote') return true;
    if (message.type === 'pre-vote-reply' && message.granted) return true;
    // Thesis §4.2.3: who hears a leader does not let a stray candidate raise its term.
    if (message.type === 'vote' && leaderIsAlive(core)) return false;
    const leads = message.type === 'append' || message.type === 'heartbeat' || message.type === 'catch-up';
    becomeFollower(core, message.term, leads ? from : null);
    return true;
  }

  /** A message of a lower term: whoever leads or campaigns there learns ours. */
  #answerStale(from: MemberKey, message: Message): void {
    const core = this.#core;
    const term = core.term;
    switch (message.type) {
      case 'append':
      case 'catch-up':
      case 'heartbeat':
        send(core, from, {
          type: 'heartbeat-reply',
          term,
          round: 0,
          match: 0 as Index,
          received: 0 as Index,
          session: 0,
        });
        return;
      case 'vote':
        send(core, from, { type: 'vote-reply', term, granted: false, doubtful: core.doubt });
        return;
      case 'pre-vote':
        send(core, from, { type: 'pre-vote-reply', term, granted: false, doubtful: core.doubt });
        return;
      default:
    }
  }

  #dispatch(from: MemberKey, message: Message): void {
    const core = this.#core;
    switch (message.type) {
      case 'append':
        handleAppend(core, from, message);
        return;
      case 'catch-up':
        handleCatchUp(core, from, message);
        return;
      case 'heartbeat':
        handleHeartbeat(core, from, message);
        return;
      case 'append-reply':
        if (core.role === 'leader') handleAppendReply(core, from, message);
        return;
      case 'heartbeat-reply':
        if (core.role === 'leader') handleHeartbeatReply(core, from, message);
        return;
      case 'pre-vote':
        handlePreVote(core, from, message);
        return;
      case 'vote':
        handleVote(core, from, message);
        return;
      case 'vote-reply':
      case 'pre-vote-reply':
        handleVoteReply(core, from, message);
        return;
      case 'read-index':
        handleReadIndex(core, from, message);
        return;
      case 'read-index-reply':
        handleReadIndexReply(core, from, message);
        return;
      default:
        unreachable(message);
    }
  }
}
