import type { Cursor, Entry, Index, MemberKey } from '@smalti/core';
import { type Core, send } from './core.ts';
import { bytesOf } from './log.ts';
import type { Append, CatchUp } from './messages.ts';
import { addAnchor, endLack, raiseCeiling, type Session } from './session-state.ts';
import { TermTable } from './term-table.ts';

/*
 * The catch-up gate, as a follower. A session is open while this node lacks committed entries that its leader does not
 * have at hand. Meanwhile the end of the log is the session's: it takes committed entries from whoever has them, and
 * what the leader sends is kept aside. Only the functions here change hands.
 */

function newSession(core: Core, message: CatchUp, table: TermTable, end: Cursor): Session {
  core.sessions += 1;
  return {
    epoch: core.sessions,
    ticket: message.ticket,
    term: message.term,
    table,
    since: message.since.index,
    ceiling: ceilingOf(message, table),
    position: message.position,
    end,
    kept: null,
    anchors: [],
    repairs: false,
    lacks: true,
  };
}

function ceilingOf(message: CatchUp, table: TermTable): Index {
  return Math.min(message.leaderCommit, table.through) as Index;
}

/**
 * The leader says that this node lacks committed entries which it does not have at hand. False if that is not so any
 * more: then its entries can be handled as usual.
 *
 * @param joins that `since` is in our log. Without it, nothing shows how far our log joins the leader's.
 */
export function takeCatchUp(core: Core, message: CatchUp, table: TermTable, joins: boolean): boolean {
  const end = joins ? commonEnd(core, table, ceilingOf(message, table)) : heldEnd(core);
  if (end.index > core.verified) core.verified = end.index;
  const old = core.session;
  // It may have been filled meanwhile.
  if (old?.lacks !== true && end.index >= message.position.index) return false;
  if (old === null) {
    // All that it fetched would be fetched for nothing. The leader asks again until there is room.
    if (core.disk.full) return true;
    core.session = newSession(core, message, table, end);
  } else {
    old.ticket = message.ticket;
    old.term = message.term;
    old.table = tableWith(old, table);
    old.since = message.since.index;
    old.lacks = true;
    old.ceiling = Math.max(old.ceiling, ceilingOf(message, table)) as Index;
    if (message.position.index > old.position.index) old.position = message.position;
    if (end.index > old.end.index) old.end = end;
  }
  const session = core.session as Session;
  const { entries } = message;
  session.kept = { after: message.position, entries: [], bytes: 0 };
  if (message.anchor !== null && message.anchor.at.index <= session.ceiling)
    addAnchor(session, message.anchor);
  const { epoch, position, ceiling } = session;
  if (old === null) core.effects.push({ type: 'session-opened', epoch, position, ceiling, entries });
  else core.effects.push({ type: 'session-moved', epoch });
  keep(core, session, message.position, entries);
  return true;
}

/** The table of a session that goes on: what was committed by an older one stays so. */
function tableWith(session: Session, table: TermTable): TermTable {
  const older = session.table.upTo(session.ceiling);
  // It was cut long before what is fetched already, and says nothing of what comes next.
  const isBehind = older.since.index > table.through && session.end.index > table.through;
  return isBehind ? older : table.over(older);
}

/** As far as our log is known to join any leader's. */
function heldEnd(core: Core): Cursor {
  const { log } = core;
  const index = Math.max(core.verified, log.base.index) as Index;
  return { index, term: log.termAt(index) ?? log.base.term };
}

/**
 * Where our log and the table part. What it shows of ours proves all before it, since index and term name one entry.
 * The caller knows that `since` joins.
 */
function commonEnd(core: Core, table: TermTable, ceiling: Index): Cursor {
  const { log } = core;
  const from = Math.max(core.verified, table.since.index, log.base.index) as Index;
  let end: Cursor = { index: from, term: log.termAt(from) ?? table.since.term };
  for (const [i, row] of table.rows.entries()) {
    const last = Math.min(table.endOf(i), log.last.index, ceiling) as Index;
    if (last <= end.index) continue;
    const ours = log.lastAtMost(last, row.term);
    if (ours.term !== row.term || ours.index < row.first) break;
    if (ours.index > end.index) end = ours;
    if (ours.index < table.endOf(i)) break;
  }
  return end;
}

/** Keeps what the leader sends, within the bound; what does not fit is dropped, and sent again when it is asked for. */
function keep(core: Core, session: Session, prev: Cursor, entries: readonly Entry[]): void {
  const { kept } = session;
  if (kept === null || entries.length === 0) return;
  const last = kept.entries.at(-1) ?? kept.after;
  if (last.index !== prev.index || last.term !== prev.term) return;
  let bytes = 0;
  let count = 0;
  for (const entry of entries) {
    if (kept.bytes + bytesOf(entry) > core.options.maxInflightBytes) break;
    kept.entries.push(entry);
    kept.bytes += bytesOf(entry);
    bytes += entry.frame.length;
    count += 1;
  }
  const { epoch } = session;
  if (count > 0) core.effects.push({ type: 'session-buffered', epoch, position: prev, count, bytes });
}

/**
 * An append of the leader while a session is open. False if it is to be handled as usual: when it joins our log, and
 * then, if it brings something, the leader has at hand what is missing and the session is over.
 */
export function appendInSession(core: Core, from: MemberKey, message: Append, joins: boolean): boolean {
  const { session } = core;
  if (session === null) return false;
  raiseCeiling(core, message.term, message.commit);
  if (!session.lacks) return false;
  if (joins) {
    const { log } = core;
    const last = message.entries.at(-1);
    const isNew = last !== undefined && last.index > log.base.index && log.termAt(last.index) !== last.term;
    if (isNew) endLack(core);
    return false;
  }
  const { kept } = session;
  const last = kept?.entries.at(-1) ?? kept?.after;
  if (last !== undefined && last.index === message.prev.index && last.term === message.prev.term) {
    keep(core, session, message.prev, message.entries);
    return true;
  }
  send(core, from, {
    type: 'append-reply',
    term: core.term,
    match: Math.min(core.verified, core.disk.durable) as Index,
    refused: { prev: message.prev.index, hint: session.end },
    session: session.ticket,
  });
  return true;
}

/** The table that a message carries. */
export function tableOf(message: CatchUp): TermTable {
  return new TermTable(message.since, message.rows, message.through ?? Number.POSITIVE_INFINITY);
}
