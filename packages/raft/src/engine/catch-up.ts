import { type Cursor, type Index, invariant, type MemberKey } from '@smalti/core';
import { type Core, send } from './core.ts';
import { noteInflight, type Progress, probeFrom } from './progress.ts';
import { MAX_TERM_ROWS } from './term-table.ts';

/*
 * The catch-up gate, as a leader. A follower that lacks committed entries which are not in memory any more is asked to
 * fetch them from whoever has them. What comes after them is sent as usual, so that nobody's commit ever waits for a
 * session that waits for a commit.
 */

/** Asks a follower to fetch what is committed and not at hand. The first thing to send it is such an entry. */
export function sendCatchUp(core: Core, to: MemberKey, progress: Progress): void {
  const { log, options } = core;
  // What it is known to have: its commit at least. Below our base nothing can be told.
  const since = cursorAt(core, Math.max(progress.match, log.base.index) as Index);
  const { rows, through } = log.termRows((since.index + 1) as Index, MAX_TERM_ROWS);
  const reached = Math.min(core.commit, log.windowFirst - 1, through ?? Number.POSITIVE_INFINITY) as Index;
  const position = cursorAt(core, reached);
  const entries = log.slice((reached + 1) as Index, log.last.index, options.maxAppendBytes) ?? [];
  core.tickets += 1;
  const ticket = core.tickets;
  probeFrom(progress, (reached + entries.length + 1) as Index);
  progress.mode = 'catch-up';
  progress.catchUp = { ticket, position: reached };
  noteInflight(progress, entries);
  send(core, to, {
    type: 'catch-up',
    term: core.term,
    ticket,
    since,
    position,
    leaderCommit: core.commit,
    rows,
    through,
    entries,
    logEnd: log.last.index,
  });
}

function cursorAt(core: Core, index: Index): Cursor {
  const term = core.log.termAt(index);
  invariant(term !== undefined, `the term of ${index} is known`);
  return { index, term };
}

/**
 * A follower that was asked to catch up says what it works on. True if it is to be left alone: it has not told yet
 * that it is done.
 */
export function settleCatchUp(progress: Progress, session: number): boolean {
  const { catchUp } = progress;
  if (progress.mode !== 'catch-up' || catchUp === null) return false;
  if (session === catchUp.ticket || progress.match < catchUp.position) return true;
  // What was streamed meanwhile is there, or a heartbeat shows that it is not.
  progress.mode = 'replicate';
  progress.catchUp = null;
  return false;
}
