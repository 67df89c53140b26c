import { type Cursor, type Index, invariant, type MemberKey, sameCursor, type Term } from '@smalti/core';
import { followCommit } from './commit.ts';
import { type Core, note, resetElectionTimer, send } from './core.ts';
import { becomeFollower } from './election.ts';
import { hearRound } from './freshness.ts';
import type { Append, CatchUp, Heartbeat } from './messages.ts';
import { stageEntries, stageTruncation } from './persistence.ts';
import { agreesToRest } from './rest.ts';
import { appendInSession, tableOf, takeCatchUp } from './session.ts';
import { raiseCeiling } from './session-state.ts';
import type { TermTable } from './term-table.ts';

/** Whoever sends an append or a heartbeat of our term leads it. */
function hear(core: Core, from: MemberKey, term: Term, logEnd: Index): void {
  invariant(core.role !== 'leader', `two leaders in term ${term}: ${core.options.self} and ${from}`);
  invariant(
    core.leader === null || core.leader === from,
    `two leaders in term ${term}: ${core.leader ?? ''} and ${from}`,
  );
  becomeFollower(core, term, from);
  core.leaderHeardAt = core.now;
  resetElectionTimer(core);
  // All that this leader had when we first heard it after our restart: when that is committed and here, nothing that
  // we may have forgotten is missing.
  if (core.doubt && core.doubtEnds?.term !== term) core.doubtEnds = { term, index: logEnd };
}

/** Raft §5.3. Only entries that show another term at their index make us delete anything, from that index on. */
export function handleAppend(core: Core, from: MemberKey, message: Append): void {
  if (!isChained(message)) {
    note(
      core,
      'warn',
      `refuses entries of ${from} that do not follow each other after ${message.prev.index}`,
    );
    return;
  }
  hear(core, from, message.term, message.logEnd);
  const join = joinsAt(core, message.prev);
  if (appendInSession(core, from, message, join === null)) return;
  if (join === null) takeAppend(core, message);
  else refuse(core, from, message.prev.index, join);
}

function refuse(core: Core, to: MemberKey, prev: Index, hint: Cursor): void {
  send(core, to, {
    type: 'append-reply',
    term: core.term,
    match: Math.min(core.verified, core.disk.durable) as Index,
    refused: { prev, hint },
    session: core.session?.ticket ?? 0,
  });
}

/** What comes right after an entry that we have. */
function takeAppend(core: Core, message: Pick<Append, 'prev' | 'entries' | 'commit'>): void {
  takeEntries(core, message);
  const end = (message.prev.index + message.entries.length) as Index;
  if (end > core.verified) core.verified = end;
  core.ackOwed = true;
  if (message.commit > core.told) core.told = message.commit;
  if (message.commit > core.announced) core.announced = message.commit;
  followCommit(core);
}

function isChained(message: Pick<Append, 'prev' | 'entries' | 'term'>): boolean {
  let { index, term } = message.prev;
  for (const entry of message.entries) {
    if (entry.index !== index + 1 || entry.term < term || entry.term > message.term) return false;
    index = entry.index;
    term = entry.term;
  }
  return message.prev.term <= message.term;
}

/** Null if `prev` is in our log; else the last place where the logs may join, as a hint to the leader. */
function joinsAt(core: Core, prev: Cursor): Cursor | null {
  if (prev.index < core.log.base.index) return null;
  if (prev.index > core.log.last.index) return core.log.last;
  if (core.log.termAt(prev.index) === prev.term) return null;
  invariant(prev.index > core.commit, `the leader contradicts committed entry ${prev.index}`);
  return core.log.lastAtMost((prev.index - 1) as Index, prev.term);
}

function takeEntries(core: Core, message: Pick<Append, 'entries'>): void {
  const { log } = core;
  for (const [i, entry] of message.entries.entries()) {
    if (entry.index <= log.base.index) continue;
    if (entry.index <= log.last.index) {
      if (log.termAt(entry.index) === entry.term) continue;
      stageTruncation(core, entry.index);
    }
    stageEntries(core, message.entries.slice(i));
    return;
  }
}

/** Committed entries are missing that the leader does not have at hand: a session is opened for them, or goes on. */
export function handleCatchUp(core: Core, from: MemberKey, message: CatchUp): void {
  const table = tableOf(message);
  const fault = faultOf(message, table);
  if (fault !== null) {
    note(core, 'warn', `refuses the catch-up that ${from} asks for: ${fault}`);
    return;
  }
  hear(core, from, message.term, message.logEnd);
  const join = joinsAt(core, message.since);
  if (join !== null && !bridges(message)) {
    refuse(core, from, message.since.index, join);
    return;
  }
  if (join === null && message.since.index > core.verified) core.verified = message.since.index;
  if (message.leaderCommit > core.announced) core.announced = message.leaderCommit;
  raiseCeiling(core, message.term, message.leaderCommit);
  if (takeCatchUp(core, message, table, join === null)) return;
  const { position, entries, leaderCommit } = message;
  takeAppend(core, { prev: position, entries, commit: leaderCommit });
}

/** Whoever lacks where the table begins gets there, and on to the position, by way of the checkpoint. */
function bridges({ anchor, since, position }: CatchUp): boolean {
  return anchor !== null && anchor.at.index >= since.index && anchor.at.index <= position.index;
}

function faultOf(message: CatchUp, table: TermTable): string | null {
  const { since, position, leaderCommit, entries, term, anchor } = message;
  // Who installs the checkpoint that the leader's log begins with may have nothing to fetch after it.
  const least = anchor !== null && sameCursor(anchor.at, since) ? since.index : since.index + 1;
  if (message.ticket === 0) return 'it has no ticket';
  if (position.index < least || position.index > leaderCommit) {
    return `it leads from ${since.index} to ${position.index}, with ${leaderCommit} committed`;
  }
  if (!isChained({ prev: position, entries, term })) return `its entries do not follow ${position.index}`;
  const fault = table.fault(term);
  if (fault !== null) return fault;
  if (table.termAt(position.index) !== position.term) return 'its table says otherwise of its position';
  if (anchor === null) return null;
  if (anchor.at.index > leaderCommit)
    return `its checkpoint is at ${anchor.at.index}, beyond what is committed`;
  const there = table.termAt(anchor.at.index);
  return there === undefined || there === anchor.at.term
    ? null
    : 'its table says otherwise of its checkpoint';
}

/** A heartbeat proves who leads, and says what may be applied. It never deletes anything. */
export function handleHeartbeat(core: Core, from: MemberKey, message: Heartbeat): void {
  hear(core, from, message.term, message.logEnd);
  if (message.commit > core.told) core.told = message.commit;
  if (message.leaderCommit > core.announced) core.announced = message.leaderCommit;
  raiseCeiling(core, message.term, message.leaderCommit);
  followCommit(core);
  hearRound(core, message);
  const rest = core.pulsing.has(from) && agreesToRest(core, message);
  if (rest) core.effects.push({ type: 'rest', under: from });
  send(core, from, {
    type: 'heartbeat-reply',
    term: core.term,
    round: message.round,
    match: Math.min(core.verified, core.disk.durable) as Index,
    received: core.verified,
    session: core.session?.ticket ?? 0,
    ...(rest ? { rest } : {}),
  });
}

/** At the end of a step: acknowledges what is on disk, if there is news or an answer is owed. */
export function acknowledge(core: Core): void {
  if (core.role !== 'follower' || core.leader === null) return;
  const match = Math.min(core.verified, core.disk.durable) as Index;
  const answered = core.ackOwed && match === core.verified;
  if (match <= core.acked && !answered) return;
  core.acked = match;
  if (answered) core.ackOwed = false;
  const session = core.session?.ticket ?? 0;
  send(core, core.leader, { type: 'append-reply', term: core.term, match, refused: null, session });
}
