import type {
  Cursor,
  Entry,
  Index,
  PeerId,
  Settled,
  SmaltiError,
  SyncFarewell,
  SyncProgress,
  SyncSession,
} from '@smalti/core';
import { CREDIT } from './bounds.ts';
import type { AnyStateSync, Dialect } from './dialect.ts';
import { cannotSync, reasonOf, revoked } from './errors.ts';
import { copyOf } from './log-facade.ts';
import { Outbox } from './outbox.ts';
import { isPromise, Owner, THREW } from './owner.ts';
import { Patience } from './patience.ts';
import type { SessionDoor } from './port.ts';
import type { Room } from './room.ts';
import { SessionAppends } from './session-appends.ts';
import { SessionContext } from './session-context.ts';
import { SessionInstall } from './session-install.ts';
import { checkedReport, growthOf } from './session-report.ts';
import { SessionWrites } from './session-writes.ts';
import { SnapshotWriterFacade } from './snapshot-facade.ts';
import type { SyncCounters, SyncStatus } from './sync-status.ts';

/** How a session ended by itself. */
export type SessionEnding = { readonly done: Cursor } | { readonly failed: SmaltiError };

/** What a session needs of its episode. */
export interface SessionSurroundings {
  readonly stallMs: number;
  readonly counters: SyncCounters;
  leader(): PeerId;
  /** Entries that were missing are on their way to the disk. */
  progressed(): void;
  /** Called once, unless the session was stopped before. */
  ended(ending: SessionEnding): void;
}

/** One session of one strategy, and every call to it. Whatever it does wrong ends it, by name, and nothing else. */
export class HostedSession {
  readonly #room: Room;
  readonly #name: string;
  readonly #owner: Owner;
  readonly #door: SessionDoor;
  readonly #context: SessionContext;
  readonly #outbox: Outbox;
  readonly #surroundings: SessionSurroundings;
  readonly #patience: Patience;
  /** For sessions whose own word alone is growing. */
  readonly #credit: Patience;
  readonly #since: number;
  #session: SyncSession<never, unknown> | null = null;
  #progress: SyncProgress | null = null;
  #mostBytes = 0;
  #mostVerified: number;
  #over = false;

  constructor(dialect: Dialect, door: SessionDoor, room: Room, surroundings: SessionSurroundings) {
    const { port } = room;
    this.#room = room;
    this.#name = dialect.name;
    this.#door = door;
    this.#surroundings = surroundings;
    this.#since = port.clock.now();
    this.#mostVerified = door.verified.index;
    this.#owner = new Owner(this.#name, 'session', room, {
      poll: () => this.#poll(),
      completed: (tag, outcome) => this.#completed(tag, outcome),
      threw: (method, error) => this.#threw(method, error),
    });
    this.#outbox = new Outbox(port, room.peers, dialect);
    const writes = new SessionWrites(this.#name, door, port.framer, port.log);
    const appends = new SessionAppends(this.#owner, door, writes, {
      accepted: () => this.#verifiedMore(),
      durable: (entries) => {
        surroundings.counters.entries += entries;
      },
    });
    this.#context = new SessionContext(this.#owner, room, this.#outbox, {
      door,
      writes,
      appends,
      install: this.#installs(writes),
      snapshots: this.#openSnapshots(),
      leader: () => surroundings.leader(),
      report: (progress) => this.#report(progress),
    });
    this.#patience = new Patience(port.clock, surroundings.stallMs, () => {
      this.#fail(`no progress for ${surroundings.stallMs} ms`);
    });
    const creditMs = CREDIT * surroundings.stallMs;
    this.#credit = new Patience(port.clock, creditMs, () => {
      this.#fail(`reports progress, and has appended nothing that was missing for ${creditMs} ms`);
    });
  }

  #verifiedMore(): void {
    // What is there already may be offered for ever.
    if (this.#door.verified.index <= this.#mostVerified) return;
    this.#mostVerified = this.#door.verified.index;
    this.#progressed();
  }

  /** Something that was missing is there, or on its way to the disk. */
  #progressed(): void {
    this.#patience.renew();
    this.#credit.renew();
    this.#surroundings.progressed();
  }

  #installs(writes: SessionWrites): SessionInstall {
    const mostMs = CREDIT * this.#surroundings.stallMs;
    return new SessionInstall(this.#owner, this.#door, writes, {
      began: () => {
        this.#patience.suspend(mostMs);
        this.#credit.suspend(mostMs);
      },
      ended: (error) => {
        this.#patience.resume();
        this.#credit.resume();
        if (error === null) this.#verifiedMore();
      },
      full: (error) => this.#fail(error.message, error),
    });
  }

  #openSnapshots(): SnapshotWriterFacade | null {
    const { port } = this.#room;
    if (port.snapshots === null) return null;
    return new SnapshotWriterFacade(port.snapshots, this.#owner, port, () => this.#progressed());
  }

  /** Asks the strategy for its session. Called once, first. */
  begin(strategy: AnyStateSync, position: Cursor, leaderCommit: Index, entries: readonly Entry[]): void {
    const session = this.#owner.call('createSession', () =>
      sessionOf(strategy.createSession(this.#context, position, leaderCommit, entries)),
    );
    if (session === THREW) return;
    this.#session = session;
    // It may have been ended while it was being made.
    if (this.#over) this.#close();
  }

  get status(): SyncStatus['session'] {
    const { epoch, position, ceiling, verified, keptBytes } = this.#door;
    return {
      strategy: this.#name,
      epoch,
      since: this.#since,
      position: copyOf(position),
      ceiling,
      verified: copyOf(verified),
      keptBytes,
      progress: this.#progress,
    };
  }

  get strategy(): string {
    return this.#name;
  }

  get hasWork(): boolean {
    return this.#owner.hasWork;
  }

  run(): void {
    this.#owner.run();
  }

  poke(): void {
    this.#owner.poke();
  }

  /** False if too many messages wait already. */
  receive(message: unknown, sender: PeerId, bytes: number): boolean {
    return this.#owner.postMessage(() => {
      this.#call('receive', (session, cx) => session.receive(message, sender, cx));
    }, bytes);
  }

  unreadable(sender: PeerId): void {
    this.#owner.postMessage(() => {
      this.#call('unreadable', (session, cx) => session.unreadable?.(sender, cx));
    }, 0);
  }

  buffered(position: Cursor, count: number, bytes: number): void {
    this.#owner.postMessage(() => {
      this.#call('buffer', (session, cx) => session.buffer?.(position, count, bytes, cx));
    }, 0);
  }

  /** Ends it without a word of its own. */
  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#patience.stop();
    this.#credit.stop();
    this.#owner.end();
    if (this.#session !== null) this.#close();
  }

  #poll(): boolean {
    const answer = this.#call('poll', (session, cx) => answerOf(session.poll(cx)));
    if (this.#over || answer === THREW || answer === 'pending') return false;
    if (answer === 'again') return true;
    if ('done' in answer) this.#finish(answer.done);
    else this.#fail(reasonOf(answer.failed), answer.failed);
    return false;
  }

  #finish(at: Cursor): void {
    const why = this.#room.gate.call(() => this.#door.finish(at));
    if (this.#over) return;
    if (why !== null) {
      this.#fail(`it says it is done at ${at.index} (term ${at.term}), and is not: ${why}`);
      return;
    }
    this.stop();
    this.#surroundings.ended({ done: at });
  }

  #completed(tag: string, outcome: Settled): void {
    this.#call('completed', (session, cx) => session.completed?.(tag, outcome, cx));
  }

  #report(progress: SyncProgress): void {
    const report = checkedReport(this.#name, progress);
    for (const [peer, more] of growthOf(this.#progress, report)) this.#surroundings.counters.kept(peer, more);
    this.#progress = report;
    if (report.bytesDone <= this.#mostBytes) return;
    this.#mostBytes = report.bytesDone;
    this.#patience.renew();
  }

  #threw(method: string, error: unknown): void {
    if (!this.#over) {
      this.#fail(`${method} threw: ${reasonOf(error)}`, error);
      return;
    }
    const text = `${this.#name}: ${method} of a session that has ended threw: ${reasonOf(error)}`;
    this.#room.notes.warn(`${this.#name} ended ${method}`, text, { strategy: this.#name });
  }

  #fail(why: string, cause?: unknown): void {
    if (this.#over) return;
    const failed = cannotSync(this.#name, this.#door.epoch, why, cause);
    this.stop();
    this.#surroundings.ended({ failed });
  }

  #call<T>(method: string, work: (session: SyncSession<never, unknown>, cx: never) => T): T | typeof THREW {
    const session = this.#session;
    if (session === null || this.#over) return THREW;
    return this.#owner.call(method, () => work(session, this.#context as never));
  }

  #close(): void {
    const session = this.#session;
    const { gate } = this.#room;
    let heard = true;
    const farewell: SyncFarewell<unknown> = Object.freeze({
      sendTo: (peer: PeerId, message: unknown) => {
        if (!heard) throw revoked(this.#name, 'session', 'sendTo');
        return gate.use(() => this.#outbox.send(peer, message));
      },
    });
    gate.whenFree(() => {
      this.#owner.call('close', () => session?.close?.(farewell));
      heard = false;
    });
  }
}

/** What the strategy made, if it is a session. A promise is left to be found where all of them are. */
function sessionOf(value: SyncSession<never, unknown>): SyncSession<never, unknown> {
  if (isPromise(value)) return value;
  if (typeof value?.poll === 'function' && typeof value.receive === 'function') return value;
  throw new TypeError('it gave no session');
}

type Answer = 'pending' | 'again' | { readonly done: Cursor } | { readonly failed: unknown };

/** A copy of what a poll gave, if it is an answer. */
function answerOf(value: unknown): Answer {
  if (value === 'pending' || value === 'again') return value;
  if (isPromise(value)) return value as Answer;
  const { done, failed } = (value ?? {}) as { readonly done?: Partial<Cursor>; readonly failed?: unknown };
  if (failed !== undefined) return { failed };
  const { index, term } = done ?? {};
  if (Number.isSafeInteger(index) && Number.isSafeInteger(term)) return { done: { index, term } as Cursor };
  throw new TypeError('it gave none of pending, again, done with a cursor, and failed');
}
