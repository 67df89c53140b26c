import { type Entry, type Index, offset, type PeerId, SmaltiError, type Term } from '@smalti/core';
import type { Request } from '../request-table.ts';
import { holds } from '../span.ts';
import type { EntryRange, EntryRefusal, EntryRun } from './entry-messages.ts';
import { blame, type Episode, missingIn, type SessionContext } from './episode.ts';

/** An answer of any kind to this session. Answers to others, and those that nobody waits for, change nothing. */
export function takeAnswer(
  episode: Episode,
  message: EntryRange | EntryRun | EntryRefusal,
  sender: PeerId,
  cx: SessionContext,
): void {
  if (message.nonce !== episode.nonce) return;
  const { first, last } = message.type === 'run' ? { first: 0, last: 0 } : message;
  if (message.type === 'available') {
    episode.peers.says(sender, { first, last }, cx.clock.now());
    return;
  }
  const request = episode.requests.find(message.id);
  if (request === undefined) return;
  if (request.peer !== sender) {
    blame(episode, sender, `it answers request ${message.id}, which was not asked of it`, cx);
    return;
  }
  const inTime = episode.requests.answered(request, cx.clock.now());
  if (message.type === 'run') {
    takeRun(episode, request, message, inTime, cx);
    return;
  }
  episode.peers.corrects(sender, { first, last });
  // It has the entries and does not give them: it is busy.
  if (holds({ first, last }, request.span.first)) episode.peers.slow(sender, cx.clock.now());
}

function takeRun(
  episode: Episode,
  request: Request,
  message: EntryRun,
  inTime: boolean,
  cx: SessionContext,
): void {
  const { peers, runs, claims } = episode;
  const { peer } = request;
  if (missingIn(episode, request).length === 0) {
    // Another peer was faster. What nobody needs is not looked at.
    peers.good(peer, inTime);
    return;
  }
  const entries = entriesOf(request, message, cx);
  if (entries === null) {
    // Others would give the same: the leader's log begins after them. Whoever sent them has done nothing wrong.
    episode.untold = true;
    peers.slow(peer, cx.clock.now());
    return;
  }
  if (typeof entries === 'string') {
    blame(episode, peer, entries, cx);
    return;
  }
  const prevTerm = message.prevTerm as Term;
  const known = termBefore(episode, message.first as Index, cx);
  if (known !== undefined && known !== prevTerm) {
    const claim = `term ${prevTerm} before entry ${message.first}`;
    blame(episode, peer, `it claims ${claim}, where ${known} is`, cx);
    return;
  }
  episode.courtesy.received(entries.length, message.frames.length, cx.clock.now());
  const begins = runs.at(message.first) === undefined;
  const added = runs.offer({ first: message.first, items: entries, source: peer });
  if (begins && added > 0) {
    if (known === undefined) claims.set(message.first, { peer, prevTerm });
    else claims.delete(message.first);
  }
  peers.good(peer, inTime);
}

/** The entries of an answer, or what is wrong with it; null if nobody can tell so far. */
function entriesOf(
  request: Request,
  message: EntryRun,
  cx: SessionContext,
): readonly Entry[] | string | null {
  const { span } = request;
  const { first, frames } = message;
  if (first !== span.first)
    return `entries from ${first} on, where they were asked for from ${span.first} on`;
  if (frames.length === 0) return 'a run of no entries';
  let entries: readonly Entry[];
  try {
    entries = cx.verify(frames);
  } catch (error) {
    if (error instanceof SmaltiError && error.code === 'SYNC_REFUSED')
      return error.details.untold === true ? null : error.message;
    throw error;
  }
  const begin = entries[0]?.index;
  const end = entries.at(-1)?.index;
  if (begin !== first || end === undefined) return `a run said to begin at ${first} begins at ${begin}`;
  if (end > span.last) return `entries up to ${end}, where they were asked for up to ${span.last}`;
  if (entries.length > 1 && frames.length > request.bytes)
    return `${frames.length} bytes, more than asked for`;
  return entries;
}

/** The term of the entry before that index, as far as it was verified. */
function termBefore({ runs }: Episode, first: Index, cx: SessionContext): Term | undefined {
  const before = offset(first, -1);
  if (before === cx.verified.index) return cx.verified.term;
  return before < cx.verified.index ? cx.log.termAt(before) : runs.at(before)?.term;
}
