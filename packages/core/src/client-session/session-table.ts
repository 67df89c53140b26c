import type { SessionPlace } from '../entry/command-envelope.ts';
import { invariant } from '../errors/invariant.ts';
import { OpenSession, SessionLine, type SessionState } from './open-session.ts';
import { SessionCapture } from './session-capture.ts';
import type { SessionTableHead } from './session-head.ts';
import type { SessionKey } from './session-key.ts';
import {
  MAX_REPLY_BYTES,
  MAX_SESSION_REPLY_BYTES,
  MAX_SESSIONS,
  SESSION_IDLE_MS,
  SESSION_STEP_MS,
} from './session-limits.ts';
import type { SessionReply } from './session-reply.ts';

/** Once replies have to be dropped, so much of the bound is freed that it does not happen with every command. */
const FREED = MAX_REPLY_BYTES / 8;

/** What the table says to something under a number of a session. */
export type SessionVerdict =
  /** It is the next: it is to be applied now, and `answer` to be called. */
  | { readonly type: 'next' }
  /** It is there, without doing anything more: the answer to number 0. */
  | { readonly type: 'open' }
  /** The number was used before, and this is what became of it. */
  | { readonly type: 'replied'; readonly reply: SessionReply }
  /** The number was used before, and what became of it is not kept any more. */
  | { readonly type: 'gone' }
  /** Lower numbers are missing: it is not applied, and leaves no trace. */
  | { readonly type: 'out-of-order'; readonly next: number }
  /** There is no such session: it never was, it was closed, or it was forgotten. */
  | { readonly type: 'unknown' };

const NEXT: SessionVerdict = { type: 'next' };
const OPEN: SessionVerdict = { type: 'open' };
const GONE: SessionVerdict = { type: 'gone' };
const UNKNOWN: SessionVerdict = { type: 'unknown' };

function verdictOf(session: OpenSession, sequence: number): SessionVerdict {
  if (sequence === 0) return OPEN;
  if (sequence === session.next) return NEXT;
  if (sequence > session.next) return { type: 'out-of-order', next: session.next };
  const reply = session.replyTo(sequence);
  return reply === undefined ? GONE : { type: 'replied', reply };
}

function shardOf(key: SessionKey): number {
  return key.charCodeAt(0) >> 8;
}

/**
 * The client sessions of a group: what makes a command count once, in however many entries it is (Raft thesis §6.3).
 * It is a part of the replicated state: the entries alone decide what is in it, so it is equal on all replicas.
 *
 * A session that was forgotten must not begin again by a late copy of its first command, or that would count twice. The
 * copy names the index that its maker had applied, which is less than the one at which the session began. So `floor`,
 * the highest index at which a forgotten session began, tells the copy from a session that is really new.
 */
export class SessionTable {
  readonly #sessions = new Map<SessionKey, OpenSession>();
  /** The same by the first byte of their keys, which chance draws: a capture need not put all of them in order at once. */
  readonly #shards: (Set<OpenSession> | undefined)[] = [];
  readonly #line = new SessionLine();
  #time: number;
  #stamp: number;
  #floor: number;
  #bytes = 0;
  /** How often the table was captured. */
  #era = 0;
  /** Those that were not released. */
  #captures: readonly SessionCapture[] = [];

  constructor(
    head: SessionTableHead = { time: 0, stamp: 0, floor: 0 },
    sessions: Iterable<OpenSession> = [],
  ) {
    this.#time = head.time;
    this.#stamp = head.stamp;
    this.#floor = head.floor;
    for (const session of sessions) this.#add(session);
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Bytes of replies, with the overhead of each. */
  get replyBytes(): number {
    return this.#bytes;
  }

  get head(): SessionTableHead {
    return { time: this.#time, stamp: this.#stamp, floor: this.#floor };
  }

  /** Undefined if there is no such session. */
  get(key: SessionKey): SessionState | undefined {
    return this.#sessions.get(key);
  }

  /**
   * The whole table as it is now, in items of a checkpoint: equal tables give equal items, however they came about.
   * Costs nothing that grows with the table. Called at a marker; the capture is released.
   */
  capture(): SessionCapture {
    const capture = new SessionCapture({
      head: this.head,
      era: this.#era,
      sessions: this.#sessions,
      shards: this.#shards,
      released: (over) => {
        this.#captures = this.#captures.filter((other) => other !== over);
      },
    });
    this.#captures = [...this.#captures, capture];
    this.#era += 1;
    return capture;
  }

  /** What {@link take} would say of a number, if nothing opens the session; it leaves no trace. */
  look(key: SessionKey, sequence: number): SessionVerdict {
    const session = this.#sessions.get(key);
    return session === undefined ? UNKNOWN : verdictOf(session, sequence);
  }

  /**
   * What is to become of the entry at `index`, of group time `stamp`. Called once for each entry that is under a number
   * of a session; after `next` the caller applies it and calls {@link answer} before anything else.
   */
  take(place: SessionPlace, index: number, stamp: number): SessionVerdict {
    this.#moveTime(stamp);
    const session = this.#sessions.get(place.session) ?? this.#begin(place, index);
    if (session === null) return UNKNOWN;
    this.#changes(session);
    session.used = this.#time;
    session.usedAt = index;
    this.#line.toEnd(session);
    this.#bytes -= session.dropThrough(place.through);
    return verdictOf(session, place.sequence);
  }

  /** What became of the number that {@link take} has just called the next. */
  answer(key: SessionKey, reply: SessionReply): void {
    const session = this.#sessions.get(key);
    invariant(session !== undefined, 'a session that was asked last is there');
    this.#changes(session);
    this.#bytes += session.keep(reply);
    while (session.bytes > MAX_SESSION_REPLY_BYTES) this.#bytes -= session.dropOldest();
    if (this.#bytes > MAX_REPLY_BYTES) this.#free(MAX_REPLY_BYTES - FREED);
  }

  /** Its client says that it needs the session no longer, and that no copy of its commands is under way. */
  close(key: SessionKey, stamp: number): void {
    this.#moveTime(stamp);
    const session = this.#sessions.get(key);
    if (session !== undefined) this.#remove(session);
  }

  /** A session is about to change: captures keep it as it was. */
  #changes(session: OpenSession): void {
    const { era } = session;
    if (era === this.#era) return;
    session.era = this.#era;
    const captures = this.#captures.filter((capture) => capture.era >= era);
    if (captures.length === 0) return;
    const copy = session.copy();
    for (const capture of captures) capture.save(shardOf(session.key), copy);
  }

  #moveTime(stamp: number): void {
    this.#time += Math.min(stamp - this.#stamp, SESSION_STEP_MS);
    this.#stamp = stamp;
    for (let idle = this.#line.first; idle !== null; idle = this.#line.first) {
      if (this.#time - idle.used <= SESSION_IDLE_MS) return;
      this.#forget(idle);
    }
  }

  #begin({ session, opening }: SessionPlace, index: number): OpenSession | null {
    if (opening === null || opening < this.#floor) return null;
    if (this.#sessions.size >= MAX_SESSIONS && this.#line.first !== null) this.#forget(this.#line.first);
    const begun = new OpenSession(session, index, this.#time, index);
    begun.era = this.#era;
    this.#add(begun);
    return begun;
  }

  #add(session: OpenSession): void {
    this.#sessions.set(session.key, session);
    const shard = shardOf(session.key);
    this.#shards[shard] ??= new Set();
    this.#shards[shard].add(session);
    this.#line.toEnd(session);
    this.#bytes += session.bytes;
  }

  #forget(session: OpenSession): void {
    this.#floor = Math.max(this.#floor, session.openedAt);
    this.#remove(session);
  }

  #remove(session: OpenSession): void {
    this.#changes(session);
    this.#sessions.delete(session.key);
    this.#shards[shardOf(session.key)]?.delete(session);
    this.#line.remove(session);
    this.#bytes -= session.bytes;
  }

  #free(downTo: number): void {
    for (let session = this.#line.first; session !== null; session = session.after) {
      if (session.bytes > 0) this.#changes(session);
      while (session.bytes > 0 && this.#bytes > downTo) this.#bytes -= session.dropOldest();
      if (this.#bytes <= downTo) return;
    }
  }
}
