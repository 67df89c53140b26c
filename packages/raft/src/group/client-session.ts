import { type Index, SESSION_IDLE_MS, type SessionKey, type SessionPlace } from '@smalti/core';
import type { Request } from './requests.ts';

/** The reply to a command of unknown outcome is kept until so many later ones were sent, if nobody asks for it. */
export const KEPT_FOR = 1_024;

/** The requests of one client session that wait on this node. */
export class ClientSession {
  readonly key: SessionKey;
  /** By number. Others under the same number hang on the first one. */
  readonly waiting = new Map<number, Request>();

  constructor(key: SessionKey) {
    this.key = key;
  }

  /** Several may wait for one number: a client that asks again, while its first request is under way. */
  wait(request: Request, sequence: number): void {
    request.twin = this.waiting.get(sequence) ?? null;
    this.waiting.set(sequence, request);
  }

  /** All that wait for a number, and do not any more. */
  take(sequence: number): Request[] {
    const taken: Request[] = [];
    for (let next = this.waiting.get(sequence) ?? null; next !== null; next = next.twin) taken.push(next);
    this.waiting.delete(sequence);
    return taken;
  }

  leave(request: Request, sequence: number): void {
    const left = this.take(sequence).filter((other) => other !== request);
    for (const other of left.reverse()) this.wait(other, sequence);
  }
}

/** A session of a handle of this node, which gives the numbers. */
export class OwnSession extends ClientSession {
  /** The table does not know it: nothing more is sent in it. */
  over = false;
  /** It was not in the table of a checkpoint that was installed: it may have begun and ended before. */
  uncertain = false;
  /** Its handle was closed: it ends when nothing of it waits. */
  released = false;
  readonly #opening: Index;
  #last = 0;
  #applied = 0;
  readonly #kept = new Set<number>();

  /** @param applied what this node has applied now. */
  constructor(key: SessionKey, applied: Index) {
    super(key);
    this.#opening = applied;
  }

  /** The last number that it gave; 0 for none. */
  get last(): number {
    return this.#last;
  }

  /** True if the table knows of it, or may. */
  get mayBeOpen(): boolean {
    return this.#last > 0 && !this.over;
  }

  /** True if this node has seen that the table knows of it. */
  get hasBegun(): boolean {
    return this.#applied > 0;
  }

  /** The next number, and what is said with it. */
  next(): SessionPlace {
    this.#last += 1;
    const sequence = this.#last;
    return {
      session: this.key,
      sequence,
      through: this.#through(),
      opening: sequence === 1 ? this.#opening : null,
    };
  }

  /** The place of a number that was given. */
  placeOf(sequence: number): SessionPlace {
    const opening = sequence === 1 ? this.#opening : null;
    return { session: this.key, sequence, through: Math.min(this.#through(), sequence - 1), opening };
  }

  /** A number was used up, seen on this node. */
  applied(sequence: number): void {
    if (sequence > this.#applied) this.#applied = sequence;
  }

  /** The caller was told that the outcome is unknown, and may ask for it. */
  keep(sequence: number): void {
    this.#kept.add(sequence);
  }

  /** It was asked. */
  asked(sequence: number): void {
    this.#kept.delete(sequence);
  }

  #through(): number {
    let through = this.#applied;
    for (const kept of this.#kept) {
      if (this.#last - kept > KEPT_FOR) this.#kept.delete(kept);
      else through = Math.min(through, kept - 1);
    }
    return through;
  }
}

/**
 * The session that the commands of one handle are in: it begins with the first, and another one takes its place, with
 * nothing under way, if it was idle for so long that it may be forgotten soon, or was forgotten.
 */
export class HandleSession {
  #current: OwnSession | null = null;
  #usedAt = 0;

  /** The session of the next command, which is sent at `now`, in milliseconds of the clock. */
  at(now: number, begin: (instead: OwnSession | null) => OwnSession): OwnSession {
    let session = this.#current;
    const idle = session?.waiting.size === 0 && now - this.#usedAt > SESSION_IDLE_MS / 2;
    if (session === null || session.over || idle) session = begin(session);
    this.#current = session;
    this.#usedAt = now;
    return session;
  }

  get current(): OwnSession | null {
    return this.#current;
  }
}
