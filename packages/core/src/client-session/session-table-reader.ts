import { DecodeError } from '../codec/byte-reader.ts';
import type { SnapshotItem } from '../machine/state-machine.ts';
import type { OpenSession } from './open-session.ts';
import type { SessionTableHead } from './session-head.ts';
import { readHead, readSession } from './session-items.ts';
import { MAX_SESSIONS } from './session-limits.ts';
import { SessionTable } from './session-table.ts';

/** Makes a table of its items, which come in the order of their keys. */
export class SessionTableReader {
  #head: SessionTableHead | null = null;
  readonly #sessions = new Map<number, OpenSession>();

  /** @throws DecodeError if they are not what a captured table gives. The table cannot be made any more then. */
  add(items: readonly SnapshotItem[]): void {
    for (const item of items) {
      if (this.#head === null) this.#head = readHead(item);
      else this.#add(readSession(item));
    }
  }

  #add(session: OpenSession): void {
    if (this.#sessions.size === MAX_SESSIONS) throw new DecodeError(`more than ${MAX_SESSIONS} sessions`, 0);
    if (this.#sessions.has(session.usedAt)) {
      throw new DecodeError(`two sessions were used last by entry ${session.usedAt}`, 0);
    }
    this.#sessions.set(session.usedAt, session);
  }

  /** There are no more items. Sessions are forgotten in the same order as by the table that was captured. */
  finish(): SessionTable {
    if (this.#head === null) throw new DecodeError('a table of sessions without a head', 0);
    const order = Float64Array.from(this.#sessions.keys()).sort();
    const sessions: OpenSession[] = [];
    for (const usedAt of order) sessions.push(this.#sessions.get(usedAt) as OpenSession);
    return new SessionTable(this.#head, sessions);
  }
}
