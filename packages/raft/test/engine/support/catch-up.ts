import type { Anchor, Cursor, Index, Term, TermStart } from '@smalti/core';
import type { Effect } from '../../../src/engine/io.ts';
import type { CatchUp, Message } from '../../../src/engine/messages.ts';
import { at } from './bench.ts';
import { configuration, logOf } from './members.ts';

const voters = configuration(['a', 'b', 'c']);

export interface Asked {
  readonly term: number;
  /** The leader's log after entry 1. */
  readonly log: readonly number[];
  readonly since?: Cursor;
  readonly position: number;
  readonly commit?: number;
  readonly through?: number;
  readonly ticket?: number;
  /** How many entries follow the position. */
  readonly more?: number;
  readonly anchor?: Anchor;
}

export function catchUp(asked: Asked): CatchUp {
  const { term, log, position } = asked;
  const since = asked.since ?? at(1, 1);
  const entries = logOf(voters, log);
  const termOf = (index: number): Term => entries[index - 1]?.term ?? (0 as Term);
  const rows: TermStart[] = [];
  for (const entry of entries.slice(since.index, asked.through)) {
    if (rows.length === 0 || rows.at(-1)?.term !== entry.term) {
      rows.push({ first: entry.index, term: entry.term });
    }
  }
  if (rows.length === 0) rows.push({ first: (since.index + 1) as Index, term: term as Term });
  return {
    type: 'catch-up',
    term: term as Term,
    ticket: asked.ticket ?? 7,
    since,
    position: at(position, termOf(position)),
    leaderCommit: (asked.commit ?? position) as Index,
    rows,
    through: (asked.through ?? null) as Index | null,
    entries: entries.slice(position, position + (asked.more ?? 0)),
    logEnd: entries.length as Index,
    anchor: asked.anchor ?? null,
  };
}

export function refusalOf(effects: readonly Effect[]): string | null {
  const answer = effects.find((effect) => effect.type === 'session-answer');
  if (answer === undefined) throw new Error('not answered');
  return answer.refusal;
}

/** Why sessions ended. */
export function over(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) => (effect.type === 'session-over' ? [effect.why] : []));
}

/** A follower's answer that it lacks `prev`. */
export function refusal(
  term: number,
  prev: number,
  hint: Cursor,
): Extract<Message, { type: 'append-reply' }> {
  const refused = { prev: prev as Index, hint };
  return { type: 'append-reply', term: term as Term, match: 0 as Index, refused, session: 0 };
}
