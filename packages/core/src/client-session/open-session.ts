import type { SessionKey } from './session-key.ts';
import { REPLY_OVERHEAD } from './session-limits.ts';
import type { SessionReply } from './session-reply.ts';

/** Dropped replies at the front of a list of so many are cleared away together. */
const SWEEP = 64;

/** What a session is. */
export interface SessionState {
  readonly key: SessionKey;
  /** The index of the entry that it began with. */
  readonly openedAt: number;
  /** The number that is applied next. */
  readonly next: number;
  /** Session time, and index, of the last entry of it. */
  readonly used: number;
  readonly usedAt: number;
  /** Those that are kept: of the numbers right before `next`. */
  readonly replies: readonly SessionReply[];
  /** Bytes of its replies, and their overhead. */
  readonly bytes: number;
}

/** A session in the table. */
export class OpenSession implements SessionState {
  readonly key: SessionKey;
  readonly openedAt: number;
  next = 1;
  used: number;
  usedAt: number;
  bytes = 0;
  /** How often the table had been captured when it changed last. */
  era = 0;
  /** Its neighbours in the order of use. */
  before: OpenSession | null = null;
  after: OpenSession | null = null;
  #replies: (SessionReply | null)[] = [];
  /** Replies before it are dropped. */
  #head = 0;

  constructor(key: SessionKey, openedAt: number, used: number, usedAt: number) {
    this.key = key;
    this.openedAt = openedAt;
    this.used = used;
    this.usedAt = usedAt;
  }

  get replies(): readonly SessionReply[] {
    return this.#replies.slice(this.#head) as SessionReply[];
  }

  /** As it is now. */
  copy(): SessionState {
    const { key, openedAt, next, used, usedAt, replies, bytes } = this;
    return { key, openedAt, next, used, usedAt, replies, bytes };
  }

  /** Undefined if it is not kept. */
  replyTo(sequence: number): SessionReply | undefined {
    const at = this.#replies.length - (this.next - sequence);
    return at < this.#head ? undefined : (this.#replies[at] ?? undefined);
  }

  /** What became of the next number. @returns bytes more. */
  keep(reply: SessionReply): number {
    this.#replies.push(reply);
    this.next += 1;
    const more = reply.bytes.length + REPLY_OVERHEAD;
    this.bytes += more;
    return more;
  }

  /** @returns bytes less. */
  dropThrough(sequence: number): number {
    const kept = this.next - (this.#replies.length - this.#head);
    let less = 0;
    for (let number = kept; number <= sequence && number < this.next; number++) less += this.dropOldest();
    return less;
  }

  /** Called if there is one. @returns bytes less. */
  dropOldest(): number {
    const oldest = this.#replies[this.#head];
    this.#replies[this.#head] = null;
    this.#head += 1;
    if (this.#head === this.#replies.length) {
      this.#replies.length = 0;
      this.#head = 0;
    } else if (this.#head >= SWEEP && this.#head * 2 > this.#replies.length) {
      this.#replies = this.#replies.slice(this.#head);
      this.#head = 0;
    }
    const less = (oldest?.bytes.length ?? 0) + REPLY_OVERHEAD;
    this.bytes -= less;
    return less;
  }
}

/** Sessions in the order in which they were used last. */
export class SessionLine {
  first: OpenSession | null = null;
  #last: OpenSession | null = null;

  /** Puts it at the end, whether it is in the line or not. */
  toEnd(session: OpenSession): void {
    if (this.#last === session) return;
    this.remove(session);
    session.before = this.#last;
    if (this.#last === null) this.first = session;
    else this.#last.after = session;
    this.#last = session;
  }

  remove(session: OpenSession): void {
    const { before, after } = session;
    if (before !== null) before.after = after;
    else if (this.first === session) this.first = after;
    if (after !== null) after.before = before;
    else if (this.#last === session) this.#last = before;
    session.before = null;
    session.after = null;
  }
}
