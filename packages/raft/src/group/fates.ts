import { type Cursor, type Index, RejectCommand, type SmaltiError } from '@smalti/core';
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
      const outcome = request.copies ? 'unknown' : 'not-applied';
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
