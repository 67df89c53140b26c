import {
  cursor,
  type Entry,
  EntryKind,
  Framer,
  type HardState,
  type Index,
  type MemberKey,
  type Term,
  toClusterId,
} from '@smalti/core';
import { type SimRandom, simHasher } from '@smalti/simulator';
import { type Change, type Content, lastOf } from './model.ts';

const framer = new Framer(toClusterId('c3'.repeat(16)), simHasher);
const VOTES = [null, ...['n1', 'n2', 'n3'].map((id) => `${id}@${'0f'.repeat(16)}` as MemberKey)];

/** Makes changes, many of them of entries that have the names of others that were cut. */
export class RandomChanges {
  readonly #random: SimRandom;
  #stamp = 0;

  constructor(random: SimRandom) {
    this.#random = random;
  }

  /** A change that a runtime could make in that state. */
  next(content: Content): Change {
    const random = this.#random;
    const last = lastOf(content);
    const { commit } = content.hardState;
    const kind = random.next();
    const term = Math.max(1, last.term, random.chance(0.3) ? content.hardState.term : 0);
    if (kind < 0.45) {
      const entries = this.#entries(last.index + 1, 1 + random.below(6), term);
      const hardState = random.chance(0.3)
        ? { hardState: this.#hardState(content, term, lastIndex(entries)) }
        : {};
      return { kind: 'write', write: { entries, ...hardState } };
    }
    if (kind < 0.62 && last.index > Math.max(commit, content.base.index)) {
      const from = Math.max(commit, content.base.index) + 1;
      const truncateFrom = (from + random.below(last.index - from + 1)) as Index;
      // Often the same term again: the store has to keep apart what has the same name.
      const before = content.entries.findLast(({ index }) => index < truncateFrom)?.term ?? content.base.term;
      const next = random.chance(0.5) ? Math.max(1, before) : term + 1;
      const entries = this.#entries(truncateFrom, random.below(6), next);
      return { kind: 'write', write: { truncateFrom, entries } };
    }
    if (kind < 0.75)
      return { kind: 'write', write: { hardState: this.#hardState(content, term, last.index) } };
    if (kind < 0.79) return { kind: 'write', write: {} };
    if (kind < 0.94) {
      const limit = Math.max(Math.min(last.index, random.chance(0.7) ? last.index : commit), 0);
      return { kind: 'prune', through: random.below(limit + 1) };
    }
    const known = random.chance(0.5) ? random.pick([content.base, ...content.entries]) : null;
    const index = known?.index ?? last.index + 1 + random.below(9);
    const at = cursor(known?.term ?? term + 1, index);
    const hardState = this.#hardState(content, at.term, index);
    return {
      kind: 'reset',
      cursor: at,
      hardState: { ...hardState, commit: Math.max(hardState.commit, index) as Index },
    };
  }

  #entries(first: number, count: number, term: number): Entry[] {
    const size = this.#random.pick([8, 40, 200, 700, 1500]);
    const drafts = Array.from({ length: count }, () => ({
      kind: this.#random.chance(0.1) ? EntryKind.configuration : EntryKind.command,
      payload: this.#random.bytes(size),
    }));
    this.#stamp += 1;
    return framer.seal(drafts, first as Index, term as Term, this.#stamp);
  }

  #hardState({ hardState }: Content, atLeast: number, last: number): HardState {
    const random = this.#random;
    const term = Math.max(hardState.term, atLeast) + (random.chance(0.4) ? 1 : 0);
    const vote = term === hardState.term ? (hardState.vote ?? random.pick(VOTES)) : random.pick(VOTES);
    const room = Math.max(0, Math.min(last, hardState.commit + 3) - hardState.commit);
    const commit = (hardState.commit + (random.chance(0.3) ? random.below(room + 1) : 0)) as Index;
    const doubt = random.chance(0.05) ? !hardState.doubt : hardState.doubt;
    return { term: term as Term, vote, commit, doubt };
  }
}

function lastIndex(entries: readonly Entry[]): number {
  return entries.at(-1)?.index ?? 0;
}
