import { type Cursor, type Entry, type Index, sameCursor } from '@smalti/core';
import { followCommit, raiseCommit } from './commit.ts';
import { type Core, note } from './core.ts';
import { stageEntries, stageTruncation } from './persistence.ts';
import type { Session } from './session-state.ts';

/*
 * What sessions ask for. Everything is checked here, against what leaders have announced and what is on disk; what is
 * refused has changed nothing.
 */

/** The session that is open under that number, or why it is not. */
export function openUnder(core: Core, epoch: number): Session | string {
  const { session } = core;
  if (session !== null && session.epoch === epoch) return session;
  return session === null
    ? `session ${epoch} is over`
    : `session ${epoch} is over, session ${session.epoch} is open`;
}

/** A session asks to append committed entries. Why not, or null. */
export function appendCommitted(core: Core, epoch: number, entries: readonly Entry[]): string | null {
  const session = openUnder(core, epoch);
  if (typeof session === 'string') return session;
  if (!session.lacks) return 'the session repairs the state: nothing is missing in the log';
  const refusal = refuseRun(core, session, entries);
  if (refusal !== null) return refusal;
  const { log } = core;
  const fresh = entries.filter((entry) => entry.index > session.end.index && entry.index > log.base.index);
  for (const [i, entry] of fresh.entries()) {
    if (entry.index <= log.last.index) {
      if (log.termAt(entry.index) === entry.term) continue;
      // The table shows another term at this index: what stands there was never committed, and never will be.
      stageTruncation(core, entry.index);
    }
    stageEntries(core, fresh.slice(i));
    break;
  }
  const last = fresh.at(-1);
  if (last === undefined) return null;
  session.end = { index: last.index, term: last.term };
  if (last.index > core.verified) core.verified = last.index;
  return null;
}

function refuseRun(core: Core, session: Session, entries: readonly Entry[]): string | null {
  const [first] = entries;
  if (first === undefined) return 'no entries were given';
  if (first.index > session.end.index + 1) {
    return `entry ${first.index} does not follow ${session.end.index}, where what is held ends`;
  }
  let index = first.index - 1;
  for (const entry of entries) {
    if (entry.index !== index + 1) return `entry ${entry.index} does not follow ${index}`;
    index = entry.index;
    if (index > session.ceiling) return `entry ${index} is above the ceiling ${session.ceiling}`;
    // What is held already is passed over, if it is the same.
    const term = index > session.end.index ? session.table.termAt(entry.index) : core.log.termAt(entry.index);
    if (term === undefined && index < core.log.base.index) continue;
    if (term === undefined) return `the leader gave no term for entry ${index}`;
    if (term !== entry.term)
      return `entry ${index} is of term ${entry.term}, and what is committed of ${term}`;
  }
  return null;
}

/** A session asks that everything up to there be applied. Why not, or null. */
export function commitInSession(core: Core, epoch: number, at: Cursor): string | null {
  const session = openUnder(core, epoch);
  if (typeof session === 'string') return session;
  const most = Math.min(session.end.index, session.ceiling, core.disk.durable);
  if (at.index > most) return `${at.index} is beyond what is verified, announced and durable: ${most}`;
  const term = core.log.termAt(at.index);
  if (term !== at.term) return `entry ${at.index} is of term ${term ?? 'unknown'}, not of ${at.term}`;
  raiseCommit(core, at.index);
  return null;
}

/** A session says that it is done. Why not, or null; then the leader's entries that were kept follow, if they join. */
export function finishSession(core: Core, epoch: number, at: Cursor): string | null {
  const session = openUnder(core, epoch);
  if (typeof session === 'string') return session;
  const { log, disk } = core;
  if (session.repairs) return 'the state is damaged: a checkpoint has to be installed';
  if (!session.lacks) return finishRepair(core, session, at);
  if (!sameCursor(at, log.last)) return `the log ends at ${log.last.index} of term ${log.last.term}`;
  if (!sameCursor(at, session.end)) return `only what ends at ${session.end.index} is verified`;
  if (disk.durable < at.index) return `the log is durable up to ${disk.durable} only`;
  if (at.index < session.position.index) return `the position to reach is ${session.position.index}`;
  const { kept } = session;
  core.session = null;
  core.ackOwed = true;
  const joinsAt = ({ index, term }: Cursor): boolean => index < log.base.index || log.termAt(index) === term;
  if (kept !== null && joinsAt(kept.after)) {
    const fresh = kept.entries.filter((entry) => entry.index > log.last.index);
    const joins = kept.entries.every((entry) => entry.index > log.last.index || joinsAt(entry));
    if (joins) {
      stageEntries(core, fresh);
      core.verified = Math.max(core.verified, log.last.index) as Index;
    } else {
      note(core, 'warn', `drops what the leader sent during the session: it does not join at ${at.index}`);
    }
  }
  followCommit(core);
  return null;
}

/** The state is whole again. The log went on meanwhile, and goes on. */
function finishRepair(core: Core, session: Session, at: Cursor): string | null {
  const { log, disk } = core;
  const term = log.termAt(at.index);
  if (term !== at.term) return `entry ${at.index} is of term ${term ?? 'unknown'}, not of ${at.term}`;
  if (disk.durable < at.index) return `the log is durable up to ${disk.durable} only`;
  if (at.index < session.position.index) return `the position to reach is ${session.position.index}`;
  core.session = null;
  return null;
}
