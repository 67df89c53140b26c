import {
  type Anchor,
  type BondPulse,
  type Clock,
  type Cursor,
  type Entry,
  type EntryDraft,
  type Framer,
  type GroupLog,
  type Index,
  InvariantError,
  type LogWrite,
  type MemberKey,
  SmaltiError,
  type StoreCallback,
  type Term,
  type Timer,
} from '@smalti/core';
import type { EngineOptions } from '../engine/core.ts';
import { Engine } from '../engine/engine.ts';
import type { Fresh } from '../engine/freshness.ts';
import type { Effect, EngineRole, Input, LogShape } from '../engine/io.ts';
import { configurationOf } from '../engine/log.ts';
import type { ChangeRefusal, MemberChange } from '../engine/membership.ts';
import type { EngineView, SessionView } from '../engine/view.ts';
import { DiskRoom } from './disk-room.ts';
import { Rests } from './rests.ts';
import type { SessionRequest, ShellPort } from './shell-port.ts';

/** A group is looked at before so many of its longest election timeouts have passed, however quiet it is. */
const QUIET_TIMEOUTS = 4;
/** While a group rests its bonds pulse so often in its shortest election timeout: several may be lost. */
const PULSES_IN_A_TIMEOUT = 6;

/** What a log store knows of a log, in the engine's words. */
export function shapeOf(log: GroupLog): LogShape {
  const configurations = log.configurations.flatMap((entry) => {
    const configuration = configurationOf(entry);
    return configuration === null ? [] : [{ index: entry.index, configuration }];
  });
  return { base: log.base, last: log.last, terms: log.terms, configurations };
}

/**
 * Carries out what an engine decides: writes, sends, timers. Completions of the log come back as inputs; nothing
 * here decides anything about consensus.
 */
export class EngineShell {
  readonly #engine: Engine;
  readonly #log: GroupLog;
  readonly #clock: Clock;
  readonly #port: ShellPort;
  readonly #rests: Rests;
  #timer: Timer | null = null;
  #timerAt = Number.POSITIVE_INFINITY;
  readonly #room: DiskRoom;
  #proposing = 0;
  /** Nothing has been done since this was set. */
  #quiet = false;
  #proposed: readonly Entry[] | null = null;
  #refusal: string | null = null;
  #changed: ChangeRefusal | Index | null = null;
  #transferred: string | null = null;
  /** Whom the reset of this step tells that it is durable. */
  #resetDone: StoreCallback | null = null;
  #last: Cursor;
  #closed = false;

  constructor(
    options: Omit<EngineOptions, 'framer'> & { readonly framer: Framer },
    log: GroupLog,
    lastStamp: number,
    clock: Clock,
    port: ShellPort,
  ) {
    this.#log = log;
    this.#clock = clock;
    this.#port = port;
    this.#last = log.last;
    this.#room = new DiskRoom(log, clock, (error) => {
      if (error !== null) this.#fault(error);
      else this.step({ type: 'space-back' });
      port.wake();
    });
    const { heartbeatMs, electionMinMs, electionMaxMs } = options;
    const pulseOf = (peer: MemberKey): BondPulse | null => port.pulseOf(peer);
    const pulseMs = Math.max(heartbeatMs, electionMinMs / PULSES_IN_A_TIMEOUT);
    this.#rests = new Rests(clock, pulseMs, QUIET_TIMEOUTS * electionMaxMs, pulseOf);
    const recovered = { hardState: log.hardState, shape: shapeOf(log), lastStamp };
    this.#engine = new Engine(options, recovered, clock.now());
    this.arm();
  }

  get view(): EngineView {
    return this.#engine.view;
  }

  get leads(): boolean {
    return this.#engine.role === 'leader';
  }

  get role(): EngineRole {
    return this.#engine.role;
  }

  get commit(): Index {
    return this.#engine.commit;
  }

  /** The newest moment as of which it is known what was committed, or null. */
  get fresh(): Fresh | null {
    return this.#engine.fresh;
  }

  /** A batch that was proposed here is being written. */
  get proposing(): boolean {
    return this.#proposing > 0;
  }

  termAt(index: Index): Term | undefined {
    return this.#engine.termAt(index);
  }

  recent(first: Index, last: Index, maxBytes: number): readonly Entry[] | null {
    return this.#engine.recent(first, last, maxBytes);
  }

  /** Gives the engine an input, and carries out what follows. */
  step(input: Input): void {
    if (this.#closed) return;
    try {
      for (const { peer, at } of this.#rests.news()) this.#take({ type: 'heard', peer, at });
      this.#take(input);
      const { last } = this.#engine;
      if (last.index !== this.#last.index || last.term !== this.#last.term) {
        this.#last = last;
        this.#port.moved(last);
      }
    } catch (error) {
      this.#fault(error);
    }
  }

  #take(input: Input): void {
    const effects = this.#engine.step(this.#clock.now(), this.#clock.wallNow(), input);
    let under: MemberKey | null = null;
    for (const effect of effects) {
      if (effect.type !== 'beat') this.#quiet = false;
      // The leader may be new: what was agreed with the last one ends first.
      if (effect.type === 'rest') under = effect.under;
      else this.#run(effect);
    }
    if (under !== null) this.#rests.rest(under);
  }

  /**
   * The entries that were made of the drafts, or null if this node does not lead.
   *
   * @param writers other members that wait for what comes of them.
   */
  propose(drafts: readonly EntryDraft[], writers: readonly MemberKey[] = []): readonly Entry[] | null {
    this.#proposed = null;
    this.step({ type: 'propose', drafts, writers });
    const entries = this.#proposed;
    this.#proposed = null;
    return entries;
  }

  /** The open session, if there is one. */
  get session(): SessionView | null {
    return this.#engine.session;
  }

  /** Entries up to here are on disk. */
  get durable(): Index {
    return this.#engine.durable;
  }

  /** A session asks for something. Why not, or null. */
  ask(request: SessionRequest): string | null {
    this.#refusal = 'the node has stopped';
    this.step(request);
    return this.#refusal;
  }

  /** The newest checkpoint that is whole on this node's disk and has an agreed root: a leader tells of it. */
  announce(anchor: Anchor): void {
    this.step({ type: 'anchor', anchor });
  }

  /**
   * Prunes the log up to there, or less: what is committed, and in the announced checkpoint. The log as the engine sees
   * it is shorter at once. A full disk refuses (`STORAGE_FULL`): then it is worth asking again later.
   */
  prune(through: Index, done: StoreCallback): void {
    this.step({ type: 'prune', through });
    this.#log.prunePrefix(this.#engine.base.index, (error) => {
      if (error !== null && error.code !== 'STORAGE_FULL') this.#fault(error);
      done(error);
    });
  }

  /** May the session install that checkpoint? Why not, or null. */
  mayInstall(epoch: number, anchor: Anchor): string | null {
    return this.#closed ? 'the node has stopped' : this.#engine.mayInstall(epoch, anchor);
  }

  /**
   * The log is to begin after a checkpoint that is whole in the store and marked as agreed there. Why not, or null.
   *
   * @param configuration the entry in force at the anchor.
   * @param stamp group time at the anchor.
   * @param done called when it is durable, right after the anchor has become committed; or when it failed.
   */
  install(
    epoch: number,
    anchor: Anchor,
    configuration: Entry,
    stamp: number,
    done: StoreCallback,
  ): string | null {
    this.#resetDone = done;
    const refusal = this.ask({ type: 'session-install', epoch, anchor, configuration, stamp });
    this.#resetDone = null;
    return refusal;
  }

  /** The state is damaged: a session is to install that checkpoint, or a younger one. Why not, or null. */
  repair(anchor: Anchor): string | null {
    return this.ask({ type: 'repair', anchor });
  }

  /** A change of the members. Why not, or the entry that brings it. */
  change(changes: readonly MemberChange[], force: boolean): ChangeRefusal | Index {
    this.#changed = null;
    this.step({ type: 'change', changes, force });
    return this.#changed ?? { reason: 'not-leader', text: 'the node has stopped' };
  }

  /** Leadership is to go to another voter. Why not, or null: it has begun. */
  transfer(to: string | null): string | null {
    this.#transferred = 'the node has stopped';
    this.step({ type: 'transfer', to });
    return this.#transferred;
  }

  /** Sets the timer for the next thing that is due. Called at the end of each turn. */
  arm(): void {
    if (this.#closed) return;
    const at = this.#rests.look(this.#engine.nextDeadline());
    if (this.#timer !== null && at >= this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = at;
    this.#timer = this.#clock.setTimer(Math.max(0, at - this.#clock.now()), () => {
      this.#timer = null;
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#quiet = true;
      this.step({ type: 'tick' });
      // A look at a group that rests is no reason to look at everything else of it.
      if (!this.#quiet) this.#port.wake();
      this.arm();
    });
  }

  close(): void {
    this.#closed = true;
    this.#rests.end();
    this.#timer?.cancel();
    this.#room.close();
  }

  #run(effect: Exclude<Effect, { type: 'rest' }>): void {
    switch (effect.type) {
      case 'persist':
        this.#persist(effect);
        return;
      case 'reset':
        this.#reset(effect);
        return;
      case 'send':
        this.#port.send(effect.to, effect.message);
        return;
      case 'commit':
        this.#port.committed(effect.index);
        return;
      case 'proposed':
        this.#proposed = effect.entries;
        return;
      case 'refused':
        this.#proposed = null;
        return;
      case 'read-ready':
        this.#port.readReady(effect.id, effect.index);
        return;
      case 'read-failed':
        this.#port.readFailed(effect.id);
        return;
      case 'session-opened':
      case 'session-moved':
      case 'session-buffered':
      case 'session-over':
        this.#port.session(effect);
        return;
      case 'session-answer':
        this.#refusal = effect.refusal;
        return;
      case 'change-answer':
        this.#changed = effect.answer;
        return;
      case 'transfer-answer':
        this.#transferred = effect.refusal;
        return;
      case 'configuration':
        this.#port.configuration(effect);
        return;
      case 'removed':
        this.#port.removed(effect.at);
        return;
      case 'read-log':
        this.#log.read(effect.first, effect.last, effect.maxBytes, (error, entries) => {
          if (error !== null && error.code !== 'STORAGE_RANGE') this.#fault(error);
          this.step({ type: 'log-read', ticket: effect.ticket, entries: error === null ? entries : null });
          this.#port.wake();
        });
        return;
      case 'beat':
        this.#rests.beat(effect.to, effect.forMs);
        return;
      case 'role':
        this.#rests.end();
        this.#port.role(effect.role, effect.term, effect.leader);
        return;
      case 'note':
        this.#port.note(effect.level, effect.text);
        return;
    }
  }

  #persist(effect: Extract<Effect, { type: 'persist' }>): void {
    const { seq, truncateFrom, entries, hardState } = effect;
    const proposal = entries.length > 0 && this.leads;
    if (truncateFrom !== null) this.#cut((truncateFrom - 1) as Index);
    if (entries.length > 0) this.#port.written(entries);
    if (proposal) this.#proposing += 1;
    const write: LogWrite = {
      ...(truncateFrom === null ? {} : { truncateFrom }),
      ...(entries.length === 0 ? {} : { entries }),
      ...(hardState === null ? {} : { hardState }),
    };
    this.#log.write(write, (error) => {
      if (proposal) this.#proposing -= 1;
      this.#settled(seq, error);
    });
  }

  #reset(effect: Extract<Effect, { type: 'reset' }>): void {
    const { seq, cursor, hardState, configuration } = effect;
    const done = this.#resetDone;
    this.#log.resetTo(cursor, hardState, configuration, (error) => {
      this.#settled(seq, error);
      done?.(error);
    });
  }

  #settled(seq: number, error: SmaltiError | null): void {
    if (error === null) this.step({ type: 'persisted', seq });
    else if (error.code === 'STORAGE_FULL') this.#full(seq);
    else this.#fault(error);
    this.#port.wake();
  }

  /** What is cut is told, even if as much is appended in the same step. */
  #cut(index: Index): void {
    const term = this.#engine.termAt(index);
    if (term === undefined) return;
    this.#last = { index, term };
    this.#port.moved(this.#last);
  }

  #full(seq: number): void {
    this.step({ type: 'disk-full', seq, shape: shapeOf(this.#log) });
    this.#room.watch();
  }

  #fault(error: unknown): void {
    if (this.#closed) return;
    this.close();
    if (error instanceof SmaltiError) {
      this.#port.fault(error);
      return;
    }
    const what = error instanceof InvariantError ? error.message : `unexpected: ${String(error)}`;
    this.#port.fault(
      new SmaltiError('STOPPED', `the node stops to protect its data: ${what}`, { cause: error }),
    );
  }
}
