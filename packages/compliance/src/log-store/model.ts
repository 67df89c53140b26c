import {
  type Cursor,
  type Entry,
  EntryKind,
  type GroupLog,
  type HardState,
  type LogWrite,
  NO_HARD_STATE,
  ORIGIN,
  type StoreCallback,
  toHex,
  toIndex,
} from '@smalti/core';
import { simHasher } from '@smalti/simulator';

/** What the contract says is in the log of a group. Never changed in place. */
export interface GroupState {
  readonly base: Cursor;
  readonly entries: readonly Entry[];
  /** The configuration entry in force at `base`, if one is known. */
  readonly inForce: Entry | null;
  readonly hardState: HardState;
}

/** A change of a group's log. */
export type Change =
  | { readonly kind: 'write'; readonly write: LogWrite }
  | { readonly kind: 'prune'; readonly through: number }
  | {
      readonly kind: 'reset';
      readonly cursor: Cursor;
      readonly hardState: HardState;
      readonly configuration: Entry | null;
    };

/** A group that nothing was ever written to. */
export const EMPTY: GroupState = { base: ORIGIN, entries: [], inForce: null, hardState: NO_HARD_STATE };

/** The state after a change, by the contract. */
export function after(state: GroupState, change: Change): GroupState {
  if (change.kind === 'write') return afterWrite(state, change.write);
  if (change.kind === 'prune') return afterPrune(state, change.through);
  const { cursor, hardState, configuration } = change;
  const matches = entryAt(state, cursor.index)?.term === cursor.term || sameAsBase(state, cursor);
  const entries = matches ? state.entries.filter(({ index }) => index > cursor.index) : [];
  return { base: cursor, entries, inForce: configuration, hardState };
}

/** Submits a change to a log. */
export function submit(log: GroupLog, change: Change, done: StoreCallback): void {
  if (change.kind === 'write') log.write(change.write, done);
  else if (change.kind === 'prune') log.prunePrefix(toIndex(change.through), done);
  else log.resetTo(change.cursor, change.hardState, change.configuration, done);
}

/** The last entry, or the base. */
export function lastOf(state: GroupState): Cursor {
  const entry = state.entries.at(-1);
  return entry === undefined ? state.base : { term: entry.term, index: entry.index };
}

/** The term at an index, or undefined where none is known. */
export function termOf(state: GroupState, index: number): number | undefined {
  if (index === 0) return 0;
  return index === state.base.index ? state.base.term : entryAt(state, index)?.term;
}

/** Where each run of one term begins. */
export function termsOf(state: GroupState): { first: number; term: number }[] {
  const runs: { first: number; term: number }[] = [];
  for (const { index, term } of state.entries) {
    if (runs.at(-1)?.term !== term) runs.push({ first: index, term });
  }
  return runs;
}

/** The configuration in force at the base, if known, and all those after it. */
export function configurationsOf(state: GroupState): readonly Entry[] {
  const later = state.entries.filter(isConfiguration);
  return state.inForce === null ? later : [state.inForce, ...later];
}

/** Base and entries in one word: equal if and only if they are. */
export function contentOf(base: Cursor, entries: readonly Entry[]): string {
  return `${base.index}@${base.term} ${entries.map(nameOf).join(' ')}`;
}

/** An entry in one word: its name, and a checksum of its frame. */
export function nameOf({ index, term, frame }: Entry): string {
  return `${index}@${term}#${simHasher.crc32(frame).toString(16)}`;
}

/** The configuration in force at an index that is in the log, if one is known. */
export function inForceAt(state: GroupState, index: number): Entry | null {
  return state.entries.findLast((entry) => isConfiguration(entry) && entry.index <= index) ?? state.inForce;
}

/** Hex of a frame, for comparisons byte by byte. */
export function frameOf({ frame }: Entry): string {
  return toHex(frame);
}

function afterWrite(state: GroupState, { truncateFrom, entries = [], hardState }: LogWrite): GroupState {
  const from = truncateFrom ?? Number.POSITIVE_INFINITY;
  return {
    ...state,
    entries: [...state.entries.filter(({ index }) => index < from), ...entries],
    hardState: hardState ?? state.hardState,
  };
}

function afterPrune(state: GroupState, through: number): GroupState {
  const entry = entryAt(state, through);
  if (entry === undefined) return state;
  return {
    ...state,
    base: { term: entry.term, index: entry.index },
    entries: state.entries.filter(({ index }) => index > through),
    inForce: inForceAt(state, through),
  };
}

function entryAt(state: GroupState, index: number): Entry | undefined {
  return state.entries[index - state.base.index - 1];
}

function sameAsBase({ base }: GroupState, cursor: Cursor): boolean {
  return base.index === cursor.index && base.term === cursor.term;
}

function isConfiguration({ kind }: Entry): boolean {
  return kind === EntryKind.configuration || kind === EntryKind.genesis;
}
