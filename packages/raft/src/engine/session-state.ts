import type { Anchor, Cursor, Entry, Index, Term } from '@smalti/core';
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
  /** Where the newest leader's table begins: what comes before it is not in that leader's log. */
  since: Index;
  ceiling: Index;
  position: Cursor;
  /** Our log holds what is committed, up to here. */
  end: Cursor;
  kept: Kept | null;
  /** Checkpoints that may be installed, the youngest last. */
  anchors: readonly Anchor[];
  /** The state is damaged, whatever the log holds: true until a checkpoint is installed. */
  repairs: boolean;
  /** A leader says that entries are missing. If not, the session only repairs, and the end of the log is replication's. */
  lacks: boolean;
}

/** So many checkpoints stay good for an install: whoever fetches one is not overtaken by the next at once. */
const MAX_ANCHORS = 3;

/** A checkpoint may be installed from now on. */
export function addAnchor(session: Session, anchor: Anchor): void {
  if (session.anchors.some(({ at }) => at.index === anchor.at.index)) return;
  const all = [...session.anchors, anchor].sort((a, b) => a.at.index - b.at.index);
  session.anchors = all.slice(-MAX_ANCHORS);
}

/** True if nothing but an install ends the session. */
export function mustInstall(session: Session): boolean {
  return session.repairs || session.end.index < session.since;
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

/** What was missing came by replication. What is to be repaired still is. */
export function endLack(core: Core): void {
  const { session } = core;
  if (session?.repairs !== true) {
    endSession(core, 'replication');
    return;
  }
  session.lacks = false;
  session.kept = null;
  session.ticket = 0;
}

/** The end of the log is replication's again. */
export function endSession(core: Core, why: SessionEnd): void {
  const { session } = core;
  if (session === null) return;
  core.session = null;
  core.effects.push({ type: 'session-over', epoch: session.epoch, why });
}
