import type { Cursor, Entry, GroupLog, HardState, Index, LogWrite, StoreCallback } from '@smalti/core';
import { NO_HARD_STATE, ORIGIN } from '@smalti/core';

/** What is in the log of one group, by the contract. Never changed in place. */
export interface Content {
  readonly base: Cursor;
  readonly entries: readonly Entry[];
  readonly hardState: HardState;
}

/** What is in a store: the content of each of its groups. */
export type Contents = readonly Content[];

/** A change of one group. */
export type Change =
  | { readonly kind: 'write'; readonly write: LogWrite }
  | { readonly kind: 'prune'; readonly through: number }
  | { readonly kind: 'reset'; readonly cursor: Cursor; readonly hardState: HardState };

export const NOTHING: Content = { base: ORIGIN, entries: [], hardState: NO_HARD_STATE };

export function lastOf({ base, entries }: Content): Cursor {
  return entries.at(-1) ?? base;
}

export function changed(content: Content, change: Change): Content {
  const { base, entries, hardState } = content;
  if (change.kind === 'write') {
    const { truncateFrom = Number.POSITIVE_INFINITY, entries: more = [] } = change.write;
    const kept = entries.filter(({ index }) => index < truncateFrom);
    return { base, entries: [...kept, ...more], hardState: change.write.hardState ?? hardState };
  }
  if (change.kind === 'prune') {
    const at = entries.find(({ index }) => index === change.through);
    if (at === undefined) return content;
    return {
      base: { index: at.index, term: at.term },
      entries: entries.filter(({ index }) => index > at.index),
      hardState,
    };
  }
  const { cursor } = change;
  const same = [base, ...entries].some(({ index, term }) => index === cursor.index && term === cursor.term);
  const kept = same ? entries.filter(({ index }) => index > cursor.index) : [];
  return { base: cursor, entries: kept, hardState: change.hardState };
}

export function submit(log: GroupLog, change: Change, done: StoreCallback): void {
  if (change.kind === 'write') log.write(change.write, done);
  else if (change.kind === 'prune') log.prunePrefix(change.through as Index, done);
  else log.resetTo(change.cursor, change.hardState, null, done);
}

/** A content as text: equal if and only if it is. The stamp of an entry tells writes of the same name apart. */
export function textOf({ base, entries, hardState }: Content): string {
  const { term, vote, commit, doubt } = hardState;
  const names = entries.map(({ index, term: of, stamp }) => `${index}:${of}#${stamp}`).join(' ');
  return `${base.index}:${base.term} [${names}] ${term} ${vote?.slice(0, 2)} ${commit}${doubt ? ' doubt' : ''}`;
}

export function allText(contents: Contents): string {
  return contents.map(textOf).join('\n');
}

/** What the getters of a log say, in the same words, with entries that were read. */
export function shownBy(log: GroupLog, entries: readonly Entry[]): string {
  return textOf({ base: log.base, entries, hardState: log.hardState });
}
