import {
  type BondPulse,
  type Cursor,
  type Index,
  type MemberKey,
  ORIGIN,
  SessionTable,
  SmaltiError,
  type Term,
} from '@smalti/core';
import type { EngineRole } from '../engine/io.ts';
import type { Message } from '../engine/messages.ts';
import { Applier } from './applier.ts';
import { type Born, openBirth } from './birth.ts';
import type { MarkPort } from './checkpoints/captured.ts';
import { Marks } from './checkpoints/marks.ts';
import { type ConfigurationEvent, EngineShell, type SessionEvent } from './engine-shell.ts';
import type { Requests } from './requests.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import { Ticker } from './ticker.ts';

/** What a replica tells its group. */
export interface ReplicaPort {
  readonly self: MemberKey;
  readonly marks: MarkPort;
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
}

/** A member of a cluster at work: its engine, and what applies the committed entries. */
export class Replica<Command, Query, Result> {
  readonly born: Born;
  readonly shell: EngineShell;
  readonly applier: Applier<Command, Query, Result>;
  readonly #ticker: Ticker;

  constructor(
    options: RuntimeOptions<Command, Query, Result>,
    born: Born,
    lastStamp: number,
    port: ReplicaPort,
  ) {
    const { log, platform, network, timing, limits, leaseMs } = options;
    this.born = born;
    const marks = new Marks({
      machine: options.machine,
      keeps: options.checkpoints !== null,
      sessions: () => this.applier.sessions,
      born,
      log,
      hasher: platform.hasher,
      port: port.marks,
      note: (text) => port.note('warn', text),
    });
    this.applier = new Applier(
      options.machine,
      { at: ORIGIN, sessions: new SessionTable() },
      born.framer,
      { group: born.genesis.group, network },
      port.requests,
      platform,
      {
        recent: (first, last, maxBytes) => this.shell.recent(first, last, maxBytes),
        read: (first, last, maxBytes, done) => {
          log.read(first, last, maxBytes, (error, entries) => {
            if (error === null) done(entries);
            else port.fail(error);
          });
        },
        fed: (payload, at) => port.fed(payload, at),
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
  }

  /** A strong read is asked on this node. */
  read(id: number): void {
    this.#ticker.read(() => this.shell.step({ type: 'read', id }));
  }

  /** @param bonded whether the message's bond is there still: a read that waits for a tick ends with it. */
  receive(from: MemberKey, message: Message, bonded: () => boolean): void {
    const step = (): void => this.shell.step({ type: 'message', from, message });
    if (message.type !== 'read-index') step();
    else this.#ticker.read(() => bonded() && step());
  }

  /** Applies what is known to be committed from before. Called once, when everybody knows of this replica. */
  begin(port: ReplicaPort): void {
    if (this.shell.commit > 0) this.#committed(this.shell.commit, port);
  }

  #machineFailed(cause: unknown, at: Cursor, port: ReplicaPort): void {
    this.#ticker.stop();
    port.machineFailed(cause, at);
  }

  #committed(index: Index, port: ReplicaPort): void {
    const term = this.shell.termAt(index);
    if (term !== undefined) port.moved('committed', { index, term });
    this.applier.advance(index);
  }

  close(): void {
    this.shell.close();
    this.applier.stop();
    this.#ticker.close();
  }
}

/** The birth of the cluster whose log this is. @throws SmaltiError `STORAGE_CORRUPT` if the log does not hold it. */
export function birthIn(options: Pick<RuntimeOptions<never, never, never>, 'log' | 'platform'>): Born {
  const [first] = options.log.configurations;
  if (first === undefined)
    throw new SmaltiError('STORAGE_CORRUPT', 'the log does not hold the birth of its cluster');
  try {
    return openBirth(first.frame, options.platform.hasher);
  } catch (error) {
    const text = `entry 1 of the log is not a birth: ${(error as Error).message}`;
    throw new SmaltiError('STORAGE_CORRUPT', text, { cause: error });
  }
}
