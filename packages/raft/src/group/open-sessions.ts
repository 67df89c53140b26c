import { type CommandId, type Index, type SessionKey, sessionKeyOf } from '@smalti/core';
import { ClientSession, OwnSession } from './client-session.ts';
import { notGiven } from './errors.ts';

/** The client sessions that this node knows: those of its handles, and those in which something waits here. */
export class OpenSessions {
  readonly #sessions = new Map<SessionKey, ClientSession>();

  get(key: SessionKey): ClientSession | undefined {
    return this.#sessions.get(key);
  }

  /** A session of somebody else's. */
  of(key: SessionKey): ClientSession {
    const known = this.#sessions.get(key) ?? new ClientSession(key);
    this.#sessions.set(key, known);
    return known;
  }

  /** A new session of a handle, in the place of one that is not used any more. */
  begin(key: SessionKey, applied: Index, instead: OwnSession | null): OwnSession {
    if (instead !== null) this.#sessions.delete(instead.key);
    const own = new OwnSession(key, applied);
    this.#sessions.set(key, own);
    return own;
  }

  /**
   * The outcome of a command is to be asked. A handle of this node knows which numbers of its session it gave: a higher
   * one is of a command that is still to come, and a question that used it up would keep that command from being applied.
   *
   * @throws SmaltiError `OUT_OF_ORDER`.
   */
  checkGiven(id: CommandId): void {
    const own = this.#sessions.get(sessionKeyOf(id.session));
    if (own instanceof OwnSession && id.sequence > own.last) throw notGiven(own.last, id);
  }

  delete(key: SessionKey): void {
    this.#sessions.delete(key);
  }

  /**
   * Of sessions of others nothing is known but who waits; a handle's own ends with its handle, once nothing waits.
   *
   * @returns true if it is over.
   */
  sweep(session: ClientSession): boolean {
    if (session.waiting.size > 0) return false;
    if (session instanceof OwnSession && !session.released) return false;
    return this.#sessions.delete(session.key);
  }
}
