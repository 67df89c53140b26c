import {
  type Anchor,
  type Cursor,
  type Framer,
  fromHex,
  type Index,
  joinFrames,
  type Term,
  toHex,
  toPartName,
} from '@smalti/core';
import type { GroupBody } from '@smalti/wire';
import type { Message } from '../engine/messages.ts';

/** The messages of the group that are not the engine's. */
export type ShellBody = Extract<
  GroupBody,
  {
    type:
      | 'forward'
      | 'forward-reply'
      | 'birth'
      | 'sync'
      | 'sync-offers'
      | 'member-request'
      | 'member-reply'
      | 'checkpoint-report';
  }
>;
type EngineBody = Exclude<GroupBody, ShellBody>;

/** An engine's message as a body of the group protocol. Frames of entries are handed on as they are. */
export function bodyOf(message: Message): EngineBody {
  switch (message.type) {
    case 'append': {
      const { type, term, prev, commit, logEnd } = message;
      const entries = joinFrames(message.entries);
      return { type, term, prevIndex: prev.index, prevTerm: prev.term, commit, logEnd, entries };
    }
    case 'catch-up': {
      const { type, term, ticket, since, position, leaderCommit, logEnd, rows, anchor } = message;
      return {
        type,
        term,
        ticket,
        sinceIndex: since.index,
        sinceTerm: since.term,
        positionIndex: position.index,
        positionTerm: position.term,
        leaderCommit,
        logEnd,
        rowFirsts: rows.map((row) => row.first),
        rowTerms: rows.map((row) => row.term),
        through: message.through ?? 0,
        entries: joinFrames(message.entries),
        anchorIndex: anchor?.at.index ?? 0,
        anchorTerm: anchor?.at.term ?? 0,
        anchorRoot: anchor === null ? new Uint8Array(0) : fromHex(anchor.root),
      };
    }
    case 'append-reply': {
      const { type, term, match, refused } = message;
      return {
        type,
        term,
        match,
        refused: refused !== null,
        refusedPrev: refused?.prev ?? 0,
        hintIndex: refused?.hint.index ?? 0,
        hintTerm: refused?.hint.term ?? 0,
        session: message.session,
      };
    }
    case 'pre-vote':
    case 'vote': {
      const { type, term, last } = message;
      const transfer = message.type === 'vote' && message.transfer;
      return { type, term, lastIndex: last.index, lastTerm: last.term, transfer };
    }
    case 'heartbeat':
    case 'heartbeat-reply':
      return { ...message, rest: message.rest ?? false };
    default:
      return message;
  }
}

/**
 * The engine's message in a body. Entries are verified one by one.
 *
 * @throws DecodeError if an entry is damaged or of another cluster.
 */
export function messageOf(body: EngineBody, framer: Framer): Message {
  const term = body.term as Term;
  switch (body.type) {
    case 'append':
      return {
        type: 'append',
        term,
        prev: { index: body.prevIndex as Index, term: body.prevTerm as Term },
        commit: body.commit as Index,
        logEnd: body.logEnd as Index,
        entries: framer.open(body.entries),
      };
    case 'catch-up':
      return {
        type: 'catch-up',
        term,
        ticket: body.ticket,
        since: { index: body.sinceIndex as Index, term: body.sinceTerm as Term },
        position: { index: body.positionIndex as Index, term: body.positionTerm as Term },
        leaderCommit: body.leaderCommit as Index,
        logEnd: body.logEnd as Index,
        rows: body.rowFirsts.map((first, i) => ({
          first: first as Index,
          term: (body.rowTerms[i] ?? 0) as Term,
        })),
        through: body.through === 0 ? null : (body.through as Index),
        entries: framer.open(body.entries),
        anchor: anchorOf(body),
      };
    case 'append-reply': {
      const hint = { index: body.hintIndex as Index, term: body.hintTerm as Term };
      const refused = body.refused ? { prev: body.refusedPrev as Index, hint } : null;
      return { type: 'append-reply', term, match: body.match as Index, refused, session: body.session };
    }
    case 'heartbeat': {
      const { type, round, heard, confirmed } = body;
      const commit = body.commit as Index;
      const leaderCommit = body.leaderCommit as Index;
      const logEnd = body.logEnd as Index;
      return { type, term, commit, leaderCommit, round, logEnd, heard, confirmed, rest: body.rest };
    }
    case 'heartbeat-reply':
      return {
        type: 'heartbeat-reply',
        term,
        round: body.round,
        match: body.match as Index,
        received: body.received as Index,
        session: body.session,
        rest: body.rest,
      };
    case 'pre-vote':
      return { type: 'pre-vote', term, last: lastOf(body) };
    case 'vote':
      return { type: 'vote', term, last: lastOf(body), transfer: body.transfer };
    case 'pre-vote-reply':
    case 'vote-reply':
      return { type: body.type, term, granted: body.granted, doubtful: body.doubtful };
    case 'read-index':
      return { type: 'read-index', term, id: body.id };
    case 'read-index-reply':
      return { type: 'read-index-reply', term, id: body.id, index: body.index as Index, stamp: body.stamp };
    case 'timeout-now':
      return { type: 'timeout-now', term };
    case 'removed':
      return { type: 'removed', term, at: body.at as Index };
  }
}

function lastOf(body: { readonly lastIndex: number; readonly lastTerm: number }): Cursor {
  return { index: body.lastIndex as Index, term: body.lastTerm as Term };
}

function anchorOf(body: Extract<EngineBody, { type: 'catch-up' }>): Anchor | null {
  if (body.anchorRoot.length === 0) return null;
  const at = { index: body.anchorIndex as Index, term: body.anchorTerm as Term };
  return { at, root: toPartName(toHex(body.anchorRoot)) };
}
