import {
  type Configuration,
  type Entry,
  EntryKind,
  encodeConfiguration,
  Framer,
  type GroupId,
  type HardState,
  type Index,
  type Member,
  memberKey,
  NO_HARD_STATE,
  type Term,
  toClusterId,
  toGroupId,
  toIncarnation,
  toIndex,
  toPeerId,
  toTerm,
} from '@smalti/core';
import { type SimRandom, simHasher } from '@smalti/simulator';

const framer = new Framer(toClusterId('c0ffee00'.repeat(4)), simHasher);
const incarnation = toIncarnation('0123456789abcdef'.repeat(2));

/** One for all, so that an entry is the same whichever batch it was made in. */
const STAMP = 1000;

/** The node that the stores under test belong to, and another one. */
export const NODE = toPeerId('n1');
export const OTHER_NODE = toPeerId('n2');

/** The group of that number. */
export function groupOf(number: number): GroupId {
  return toGroupId(number.toString(16).padStart(2, '0').repeat(32));
}

/** Commands `first` to `last`, inclusive, of one term, `bytes` of payload each. */
export function commands(first: number, last: number, term: number, bytes = 40): Entry[] {
  const drafts = Array.from({ length: last - first + 1 }, (_, i) => ({
    kind: EntryKind.command,
    payload: new Uint8Array(bytes).fill(first + i + term),
  }));
  return framer.seal(drafts, first as Index, term as Term, STAMP);
}

/** A configuration entry. */
export function configurationEntry(index: number, term: number): Entry {
  const voter: Member = { id: NODE, incarnation, address: `127.0.0.1:${1000 + index}`, preference: 'normal' };
  const configuration: Configuration = { voters: [voter], outgoing: [], learners: [] };
  const draft = { kind: EntryKind.configuration, payload: encodeConfiguration(configuration) };
  return framer.seal([draft], index as Index, term as Term, STAMP)[0] as Entry;
}

/** Entries of random size and kind, in one frame buffer as a leader makes them. */
export function randomEntries(random: SimRandom, first: number, count: number, term: number): Entry[] {
  const longest = random.chance(0.05) ? 30_000 : random.chance(0.45) ? 3000 : 200;
  const drafts = Array.from({ length: count }, (_, i) =>
    random.chance(0.08)
      ? { kind: EntryKind.configuration, payload: configurationEntry(first + i, term).frame.slice(36) }
      : { kind: EntryKind.command, payload: random.bytes(random.below(longest)) },
  );
  return framer.seal(drafts, first as Index, term as Term, STAMP);
}

/** A hard state: the defaults, and what is given. */
export function hardState(term: number, vote: string | null = null, commit = 0): HardState {
  return {
    ...NO_HARD_STATE,
    term: toTerm(term),
    vote: vote === null ? null : memberKey(toPeerId(vote), incarnation),
    commit: toIndex(commit),
  };
}
