import {
  type Codec,
  type Cursor,
  decodeResults,
  type Index,
  RejectCommand,
  type SessionKey,
  type SessionTable,
  type SessionVerdict,
  type SmaltiError,
} from '@smalti/core';
import { filled, outOfOrder, rejected, replyGone } from './errors.ts';
import { type Fate, idOf, type Request, type Settlement } from './request.ts';

/** How a request ends: with an error, or with what became of it. */
export interface RequestEnd {
  readonly error: SmaltiError | null;
  readonly settlement: Settlement | null;
}

/** What a request's fate is to whoever waits for it. */
export function endOf(request: Request, fate: Fate): RequestEnd {
  switch (fate.type) {
    case 'applied':
      return endOfApplied(fate.at, fate.results);
    case 'filled':
      // Whoever asks for the outcome learns that there is none.
      return { error: request.kind.type === 'fill' ? null : filled(idOf(request)), settlement: null };
    case 'gone':
      return { error: replyGone(idOf(request)), settlement: null };
    case 'out-of-order': {
      // Whose outcome is asked may be applied once those before it have come.
      const mayCome = request.copies || request.kind.type === 'fill';
      const outcome = mayCome ? 'unknown' : 'not-applied';
      return { error: outOfOrder(fate.next, outcome, idOf(request)), settlement: null };
    }
  }
}

function endOfApplied(at: Cursor, results: readonly unknown[]): RequestEnd {
  if (!results.some((result) => result instanceof RejectCommand)) {
    const first = (at.index - results.length + 1) as Index;
    return { error: null, settlement: { results, first, last: at.index, term: at.term } };
  }
  const refused = results.flatMap((result, part) => (result instanceof RejectCommand ? [part] : []));
  const reason = results[refused[0] ?? 0] as RejectCommand;
  return { error: rejected(reason, refused, results.length), settlement: null };
}

/** What became of a number, by the table alone: null if nothing has, and undefined if there is no such session. */
export function fateIn(
  sessions: SessionTable,
  key: SessionKey,
  sequence: number,
  results: Codec<unknown>,
): Fate | null | undefined {
  const verdict = sessions.look(key, sequence);
  if (verdict.type === 'unknown') return undefined;
  return verdict.type === 'out-of-order' ? null : fateBy(verdict, results);
}

/** The same, of a session that there is. */
export function fateBy(
  verdict: Exclude<SessionVerdict, { type: 'unknown' }>,
  codec: Codec<unknown>,
): Fate | null {
  if (verdict.type === 'next') return null;
  if (verdict.type === 'open') return { type: 'filled' };
  if (verdict.type !== 'replied') return verdict;
  const { last, term, bytes } = verdict.reply;
  const results = decodeResults(bytes, codec);
  return results.length === 0 ? { type: 'filled' } : { type: 'applied', at: { index: last, term }, results };
}
