import { type Anchor, type Cursor, type Index, invariant, type MemberKey } from '@smalti/core';
import { type Core, send } from './core.ts';
import { noteInflight, type Progress, probeFrom } from './progress.ts';
import { MAX_TERM_ROWS } from './term-table.ts';

/*
 * The catch-up gate, as a leader. A follower that lacks committed entries which are not in memory any more is asked to
 * fetch them from whoever has them. What comes after them is sent as usual, so that nobody's commit ever waits for a
 * session that waits for a commit. A follower that lacks what this log begins after gets there by a checkpoint.
 */

/**
 * Asks a follower to fetch what is committed and not at hand. The first thing to send it is such an entry.
 *
 * @param anchored that it was found to lack what our log begins after: it is told of what follows the checkpoint.
 */
export function sendCatchUp(core: Core, to: MemberKey, progress: Progress, anchored = false): void {
  const { log, options } = core;
  const anchor = tellable(core);
  const holdsBase = progress.match >= log.base.index;
  const bridge = anchored && !holdsBase ? anchor : null;
  // What it is known to have: its commit at least. Below our base nothing can be told.
  const since = bridge?.at ?? cursorAt(core, Math.max(progress.match, log.base.index) as Index);
  const { rows, through } = log.termRows((since.index + 1) as Index, MAX_TERM_ROWS);
  // Whatever comes after the end of our log is of this term.
  if (rows.length === 0) rows.push({ first: (since.index + 1) as Index, term: core.term });
  const most = Math.min(core.commit, through ?? Number.POSITIVE_INFINITY);
  // It does not go back, and is not before a checkpoint that has to be installed.
  const least = Math.max(progress.catchUp?.position ?? 0, holdsBase ? 0 : (anchor?.at.index ?? 0));
  const reached = Math.min(most, Math.max(log.windowFirst - 1, least)) as Index;
  const position = cursorAt(core, reached);
  const entries = log.slice((reached + 1) as Index, log.last.index, options.maxAppendBytes) ?? [];
  core.tickets += 1;
  const ticket = core.tickets;
  probeFrom(progress, (reached + entries.length + 1) as Index);
  progress.mode = 'catch-up';
  progress.catchUp = { ticket, position: reached, since: since.index, anchored };
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
    anchor,
  });
}

/** The checkpoint of which others are told: one that our log goes on from. */
function tellable(core: Core): Anchor | null {
  const { anchor } = core;
  if (anchor === null || anchor.at.index > core.commit) return null;
  return core.log.termAt(anchor.at.index) === anchor.at.term ? anchor : null;
}

/**
 * True if a refusal shows that the follower lacks what our log begins after, so that no entry of ours can follow what it
 * has; once for each request, as more would be asked as fast as it answers.
 */
export function lacksBase(core: Core, progress: Progress, refused: Index, session: number): boolean {
  const { catchUp } = progress;
  const { index } = core.log.base;
  if (refused > index || refused <= progress.match || index > core.commit) return false;
  if (progress.mode !== 'catch-up' || catchUp === null) return true;
  return session !== catchUp.ticket && refused === catchUp.since && !catchUp.anchored;
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
