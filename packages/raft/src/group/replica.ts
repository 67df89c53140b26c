import {
  type BondPulse,
  type Cursor,
  type Index,
  isSnapshotStateMachine,
  type MemberKey,
  ORIGIN,
  SessionTable,
  SmaltiError,
  showCursor,
  type Term,
} from '@smalti/core';
import type { EngineRole } from '../engine/io.ts';
import type { Message } from '../engine/messages.ts';
import { Applier } from './applier.ts';
import { type Born, openBirth } from './birth.ts';
import type { CheckpointDesk } from './checkpoints/checkpoint-desk.ts';
import { type DeskHost, deskOf, NO_DESK, REPEAT_BEATS } from './checkpoints/desk-of.ts';
import { Installer } from './checkpoints/installer.ts';
import { Marks } from './checkpoints/marks.ts';
import { type ReportBody, wordOfBody } from './checkpoints/reports.ts';
import type { Restored } from './checkpoints/restore.ts';
import { EngineShell } from './engine-shell.ts';
import type { Requests } from './requests.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import type { ConfigurationEvent, SessionEvent } from './shell-port.ts';
import { SkipBook } from './skips/skip-book.ts';
import { SkipDesk } from './skips/skip-desk.ts';
import type { SkippedCommand } from './skips/skips-api.ts';
import { Ticker } from './ticker.ts';
import { VersionDesk } from './versions/version-desk.ts';

/** What a replica tells its group. */
export interface ReplicaPort {
  readonly self: MemberKey;
  readonly requests: Requests;
  send(to: MemberKey, message: Message): void;
  pulseOf(peer: MemberKey): BondPulse | null;
  readReady(id: number, index: Index): void;
  readFailed(id: number): void;
  role(role: EngineRole, term: Term, leader: MemberKey | null): void;
  moved(position: 'log' | 'committed' | 'applied', to: Cursor): void;
  machineFailed(cause: unknown, at: Cursor): void;
  /** Told in the midst of a step. */
  session(event: SessionEvent): void;
  fed(payload: Uint8Array, at: Cursor): void;
  /** Told in the midst of a step. */
  configuration(event: ConfigurationEvent): void;
  /** Told in the midst of a step. */
  removed(at: Index): void;
  note(level: 'info' | 'warn', text: string): void;
  fail(error: SmaltiError): void;
  wake(): void;
  readonly checkpoints: DeskHost;
  /** A skip is committed. */
  skipped(what: SkippedCommand): void;
  /** The state was replaced: entries of what waits may have been passed over. */
  replaced(): void;
}

/** A member of a cluster at work: its engine, and what applies the committed entries. */
export class Replica<Command, Query, Result> {
  readonly born: Born;
  readonly shell: EngineShell;
  readonly applier: Applier<Command, Query, Result>;
  /** Null if this node keeps no checkpoints of the group. */
  readonly checkpoints: CheckpointDesk | null;
  /** The same. */
  readonly installer: Installer | null;
  readonly skips: SkipDesk;
  readonly #book: SkipBook;
  readonly #versions: VersionDesk;
  readonly #ticker: Ticker;

  constructor(
    options: RuntimeOptions<Command, Query, Result>,
    born: Born,
    restored: Restored,
    lastStamp: number,
    port: ReplicaPort,
  ) {
    const { log, platform, network, timing, limits, leaseMs } = options;
    this.born = born;
    this.#book = new SkipBook({
      termAt: (index) => this.shell.termAt(index),
      committed: () => this.shell.commit,
    });
    this.checkpoints = deskOf(options, restored.type === 'checkpoint' ? restored.loaded : null, port, {
      shell: () => this.shell,
      applied: () => this.applier.at,
      failed: () => this.applier.failure?.command ?? null,
      skipsAcross: (index) => this.#book.skipsAcross(index),
    });
    const marks = new Marks({
      machine: options.machine,
      keeps: options.checkpoints !== null,
      state: () => this.applier,
      born,
      log,
      hasher: platform.hasher,
      port: this.checkpoints ?? NO_DESK,
      note: (text) => port.note('warn', text),
    });
    this.applier = new Applier(
      options.machine,
      { at: ORIGIN, sessions: new SessionTable() },
      born.framer,
      { group: born.genesis.group, network },
      port.requests,
      platform,
      this.#book,
      {
        termAt: (index) => this.shell.termAt(index),
        recent: (first, last, maxBytes) => this.shell.recent(first, last, maxBytes),
        read: (first, last, maxBytes, done) => {
          log.read(first, last, maxBytes, (error, entries) => {
            if (error === null) done(entries);
            else port.fail(error);
          });
        },
        fed: (payload, at) => port.fed(payload, at),
        passed: (entry) => this.checkpoints?.passed(entry),
        marked: (entry) => marks.applied(entry),
        applied: (at) => {
          port.moved('applied', at);
          this.#ticker.changed();
        },
        failed: (cause, at) => this.#machineFailed(cause, at, port),
        fault: (error) => port.fail(error),
      },
    );
    const seed = Math.floor(platform.random.next() * 0x1_0000_0000);
    const reluctant = options.preference === 'reluctant';
    const engine = { self: port.self, framer: born.framer, seed, reluctant, leaseMs, ...timing, ...limits };
    this.shell = new EngineShell(engine, log, lastStamp, platform.clock, {
      send: (to, message) => port.send(to, message),
      pulseOf: (peer) => port.pulseOf(peer),
      committed: (index) => this.#committed(index, port),
      readReady: (id, index) => port.readReady(id, index),
      readFailed: (id) => port.readFailed(id),
      role: (role, term, leader) => {
        port.role(role, term, leader);
        this.#ticker.changed();
      },
      session: (event) => port.session(event),
      configuration: (event) => port.configuration(event),
      removed: (at) => port.removed(at),
      moved: (last) => port.moved('log', last),
      written: (entries) => this.#book.written(entries),
      note: (level, text) => port.note(level, text),
      fault: (error) => port.fail(error),
      wake: () => port.wake(),
    });
    this.#ticker = new Ticker(options.machine, platform, {
      leads: () => this.shell.leads,
      term: () => this.shell.view.term,
      termAt: (index) => this.shell.termAt(index),
      applied: () => this.applier.at,
      propose: (drafts) => this.shell.propose(drafts),
      failed: (cause, at) => {
        this.applier.stop();
        this.#machineFailed(cause, at, port);
      },
      wake: () => port.wake(),
    });
    this.installer = this.#installerOf(options, port);
    this.#versions = this.#versionsOf(options, port);
    this.skips = this.#skipsOf(options, port);
  }

  #skipsOf({ platform }: RuntimeOptions<Command, Query, Result>, port: ReplicaPort): SkipDesk {
    return new SkipDesk(this.#book, platform.clock, {
      self: port.self,
      leads: () => this.shell.leads,
      term: () => this.shell.view.term,
      leader: () => port.checkpoints.leader(),
      configuration: () => this.shell.view.configuration,
      changing: () => this.shell.view.changing,
      termAt: (index) => this.shell.termAt(index),
      isHeard: (member) => this.shell.view.peerOf(member)?.heard ?? false,
      failure: () => this.applier.failure,
      propose: (drafts) => this.shell.propose(drafts),
      tell: (skipped) => port.skipped(skipped),
    });
  }

  #versionsOf({ platform, timing }: RuntimeOptions<Command, Query, Result>, port: ReplicaPort): VersionDesk {
    const { clock } = platform;
    const { newest } = this.applier.version.known;
    const reported = this.checkpoints !== null;
    const repeatMs = REPEAT_BEATS * timing.heartbeatMs;
    return new VersionDesk(
      { newest, reported, clock, repeatMs },
      {
        self: port.self,
        leads: () => this.shell.leads,
        term: () => this.shell.view.term,
        leader: () => port.checkpoints.leader(),
        applied: () => this.applier.at,
        inForce: () => this.applier.version.now,
        failed: () => this.applier.failure?.command ?? null,
        configuration: () => this.shell.view.configuration,
        send: (to, body) => port.checkpoints.send(to, body),
        propose: (drafts) => this.shell.propose(drafts),
        note: (text) => port.note('info', text),
        wake: () => port.wake(),
      },
    );
  }

  #installerOf(options: RuntimeOptions<Command, Query, Result>, port: ReplicaPort): Installer | null {
    const { checkpoints, machine, platform } = options;
    if (checkpoints === null || !isSnapshotStateMachine(machine)) return null;
    return new Installer({
      ...platform,
      machine,
      store: checkpoints.store,
      born: this.born,
      shell: this.shell,
      applier: this.applier,
      installed: (loaded) => {
        this.checkpoints?.installed(loaded);
        port.replaced();
      },
      fault: (error) => port.fail(error),
    });
  }

  /** At the end of a turn. */
  look(): void {
    this.#versions.look();
    this.checkpoints?.look();
  }

  bonded(peer: MemberKey): void {
    this.skips.rebonded(peer);
    this.#versions.bonded(peer);
    this.checkpoints?.bonded(peer);
  }

  unbonded(peer: MemberKey): void {
    this.skips.rebonded(peer);
    this.#versions.unbonded(peer);
    this.checkpoints?.unbonded(peer);
  }

  /** What a peer can write and has cut, and where its machine has failed. */
  reported(from: MemberKey, report: ReportBody): void {
    this.skips.received(from, wordOfBody(report).failed);
    this.#versions.received(from, report);
    this.checkpoints?.received(from, report);
  }

  /** A strong read is asked on this node. */
  read(id: number): void {
    this.#ticker.read(() => this.shell.step({ type: 'read', id }));
  }

  /** @param bonded whether the message's bond is there still: a read that waits for a tick ends with it. */
  receive(from: MemberKey, message: Message, bonded: () => boolean): void {
    const step = (): void => this.shell.step({ type: 'message', from, message });
    // Whoever asks gives up after a while, and asks again.
    if (message.type === 'read-index' && this.skips.holdsReads) return;
    if (message.type !== 'read-index') step();
    else this.#ticker.read(() => bonded() && step());
  }

  /**
   * Takes the state that a restart begins with, and applies what is known to be committed from before, as soon as it is
   * known what of that is skipped. Called once, when everybody knows of this replica.
   */
  begin(
    { log, platform }: RuntimeOptions<Command, Query, Result>,
    restored: Restored,
    port: ReplicaPort,
  ): void {
    if (restored.type !== 'log') this.applier.pause();
    if (restored.type === 'checkpoint') {
      this.applier.install(restored.loaded);
      this.applier.resume();
    }
    if (restored.type === 'needs-state') this.checkpoints?.lacks(restored.anchor, restored.why);
    this.#book.search({ ...platform, log }, this.applier.at.index, (error) => {
      if (error !== null) port.fail(error);
      else if (this.shell.commit > 0) this.#committed(this.shell.commit, port);
    });
  }

  #machineFailed(cause: unknown, at: Cursor, port: ReplicaPort): void {
    this.#ticker.stop();
    port.machineFailed(cause, at);
  }

  #committed(index: Index, port: ReplicaPort): void {
    const term = this.shell.termAt(index);
    if (term !== undefined) port.moved('committed', { index, term });
    this.skips.committed(index);
    this.applier.advance(index);
  }

  close(why: SmaltiError): void {
    this.skips.close(why);
    this.installer?.close();
    this.#versions.close();
    this.shell.close();
    this.applier.stop();
    this.#ticker.close();
  }
}

/** The birth of the cluster whose log this is. @throws SmaltiError `STORAGE_CORRUPT` if the log does not hold it. */
export function birthIn(options: Pick<RuntimeOptions<never, never, never>, 'log' | 'platform'>): Born {
  const { base, configurations } = options.log;
  if (base.index > 0) {
    const text =
      `the log begins after ${showCursor(base)}, and what was before it is in checkpoints, of which this node was ` +
      'given none: give it their store, or an empty directory and let it join anew';
    throw new SmaltiError('STORAGE_CORRUPT', text, { details: { base } });
  }
  const [first] = configurations;
  if (first === undefined)
    throw new SmaltiError('STORAGE_CORRUPT', 'the log does not hold the birth of its cluster');
  try {
    return openBirth(first.frame, options.platform.hasher);
  } catch (error) {
    const text = `entry 1 of the log is not a birth: ${(error as Error).message}`;
    throw new SmaltiError('STORAGE_CORRUPT', text, { cause: error });
  }
}
