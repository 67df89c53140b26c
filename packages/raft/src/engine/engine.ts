import {
  type Anchor,
  type Configuration,
  type Cursor,
  type Entry,
  type Index,
  type Term,
  unreachable,
} from '@smalti/core';
import { prune, takeAnchor } from './anchors.ts';
import { advanceCommit, followCommit } from './commit.ts';
import { type Core, diskIsStalled, type EngineOptions, newCore, note, type Recovered } from './core.ts';
import { campaign, countOwnVote, handOver, stepDown } from './election.ts';
import { acknowledge } from './follower.ts';
import type { Fresh } from './freshness.ts';
import { receive } from './inbox.ts';
import { beginRepair, install, mayInstall } from './install.ts';
import type { Effect, EngineRole, Input, LogShape } from './io.ts';
import { makeEager } from './observers.ts';
import { completeWrite, flushOutbox, flushWrites, stageEntries, voidWrites } from './persistence.ts';
import { quorumValue } from './quorum.ts';
import { expireReads, handleRead, startRound } from './reads.ts';
import { change, settleConfiguration, tellRemoved } from './reconfiguration.ts';
import {
  beatOrRest,
  broadcastAppends,
  broadcastCommit,
  broadcastHeartbeats,
  handleLogRead,
  peerBonded,
  peerUnbonded,
  serveObservers,
} from './replication.ts';
import { heard, objected } from './rest.ts';
import { appendCommitted, commitInSession, finishSession } from './session-requests.ts';
import { beginTransfer, expireTransfer, noteBlock } from './transfer.ts';
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

  /** What can be seen until the next step: many look at it in a turn. */
  #view: EngineView | null = null;

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
    this.#view = null;
    core.now = now;
    core.wall = wall;
    core.effects = [];
    core.memo = null;
    const { role, term, leader } = core;
    // Deadlines that have passed count before anything that comes late: a process may have been paused. What was heard
    // by pulses came in its time, and is told late.
    if (input.type === 'heard') heard(core, input.peer, input.at);
    else this.#deadlines();
    this.#take(input);
    settleConfiguration(core);
    acknowledge(core);
    flushWrites(core);
    flushOutbox(core);
    if (role !== core.role || term !== core.term || leader !== core.leader) {
      core.effects.push({ type: 'role', role: core.role, term: core.term, leader: core.leader });
    }
    this.#showConfiguration();
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
    const transfer = core.transfer?.until ?? Number.POSITIVE_INFINITY;
    const quorum = this.#quorumHeardAt() + options.electionMinMs;
    return Math.min(core.heartbeatAt, core.observersAt, stall, transfer, quorum);
  }

  get view(): EngineView {
    this.#view ??= viewOf(this.#core);
    return this.#view;
  }

  get session(): SessionView | null {
    return sessionOf(this.#core);
  }

  /** The newest moment as of which it is known what was committed, or null. */
  get fresh(): Fresh | null {
    return this.#core.freshness.newest;
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

  get base(): Cursor {
    return this.#core.log.base;
  }

  get last(): Cursor {
    return this.#core.log.last;
  }

  /** Why a session may not install that checkpoint now, or null. */
  mayInstall(epoch: number, anchor: Anchor): string | null {
    return mayInstall(this.#core, epoch, anchor);
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
        receive(core, input.from, input.message);
        return;
      case 'propose':
        if (core.role !== 'leader' || core.transfer !== null) {
          core.effects.push({ type: 'refused' });
          return;
        }
        for (const writer of input.writers ?? []) makeEager(core, writer);
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
      case 'heard':
        return;
      case 'objected':
        objected(core, input.peer);
        return;
      case 'bonded':
        peerBonded(core, input.peer, input.boot, input.pulses);
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
      case 'session-install': {
        const { epoch, anchor, configuration, stamp } = input;
        this.#answer(install(core, epoch, anchor, configuration, stamp));
        return;
      }
      case 'repair':
        this.#answer(beginRepair(core, input.anchor));
        return;
      case 'anchor':
        takeAnchor(core, input.anchor);
        return;
      case 'prune':
        prune(core, input.through);
        return;
      case 'log-read':
        handleLogRead(core, input.ticket, input.entries);
        return;
      case 'step-down':
        if (input.lasting) core.reluctant = true;
        if (core.role !== 'follower') handOver(core, input.reason);
        return;
      case 'recovered':
        core.reluctant = core.options.reluctant ?? false;
        return;
      case 'change':
        core.effects.push({ type: 'change-answer', answer: change(core, input.changes, input.force) });
        return;
      case 'transfer':
        core.effects.push({ type: 'transfer-answer', refusal: beginTransfer(core, input.to) });
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
    if (led || core.role !== 'follower') handOver(core, 'the disk is full');
  }

  /** Tells, once, which configuration is the newest, and once more when it is committed. */
  #showConfiguration(): void {
    const core = this.#core;
    const { configuration, configurationIndex: index } = core.log;
    const committed = index <= core.commit;
    if (core.shown.index === index && core.shown.committed === committed) return;
    core.shown = { index, committed };
    core.effects.push({ type: 'configuration', configuration, index, committed });
  }

  #turnEnd(): void {
    const core = this.#core;
    if (core.role !== 'leader') return;
    if (core.now >= core.observersAt) serveObservers(core);
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
      handOver(core, `its disk has not completed a write for ${options.diskStallMs} ms`);
    } else if (now >= core.heartbeatAt) {
      noteBlock(core, now - core.heartbeatAt);
      expireTransfer(core);
      beatOrRest(core);
      tellRemoved(core);
    } else {
      expireTransfer(core);
      if (now >= core.observersAt) serveObservers(core);
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
}
