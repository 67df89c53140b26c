import type { Cursor, Entry, Index, Term } from '@smalti/core';
import type { Core } from './core.ts';
import type { SessionEnd } from './io.ts';
import type { TermTable } from './term-table.ts';

/** What the leader sent during a session: entries that begin right after `after`. */
interface Kept {
  readonly after: Cursor;
  entries: Entry[];
  /** What they cost in memory. */
  bytes: number;
}

export interface Session {
  /** Counts the sessions of this engine: a request under another number is refused. */
  readonly epoch: number;
  /** The leader's name for what it asked for; 0 once that leader is gone. */
  ticket: number;
  /** In which the table was given. Only that leader's word on commits raises the ceiling. */
  term: Term;
  table: TermTable;
  ceiling: Index;
  position: Cursor;
  /** Our log holds what is committed, up to here. */
  end: Cursor;
  kept: Kept | null;
}

/** The leader has committed more. Its table holds for that too, if it has no end and is of this very leader. */
export function raiseCeiling(core: Core, term: Term, leaderCommit: Index): void {
  const { session } = core;
  if (session === null || session.term !== term || !session.table.isOpen) return;
  if (leaderCommit <= session.ceiling) return;
  session.ceiling = leaderCommit;
  core.effects.push({ type: 'session-moved', epoch: session.epoch });
}

/** Another term, or another leader: what the last one sent may never be committed. The session goes on. */
export function forgetKept(core: Core): void {
  if (core.session === null) return;
  core.session.kept = null;
  core.session.ticket = 0;
}

/** The end of the log is replication's again. */
export function endSession(core: Core, why: SessionEnd): void {
  const { session } = core;
  if (session === null) return;
  core.session = null;
  core.effects.push({ type: 'session-over', epoch: session.epoch, why });
}
