import { cursor, type HardState, toIndex, toTerm } from '@smalti/core';
import type { SimRandom } from '@smalti/simulator';
import { configurationEntry, hardState, randomEntries } from './entries.ts';
import { type Change, type GroupState, inForceAt, lastOf, termOf } from './model.ts';

/** A change that a runtime could make in that state: nothing committed is cut, terms do not go back. */
export function randomChange(random: SimRandom, state: GroupState): Change {
  const last = lastOf(state);
  const { commit, term } = state.hardState;
  const kind = random.next();
  if (kind < 0.5) return append(random, state);
  if (kind < 0.65 && last.index > Math.max(commit, state.base.index)) return overwrite(random, state);
  if (kind < 0.78) {
    const raised = random.chance(0.5) ? term + 1 : term;
    return { kind: 'write', write: { hardState: nextHardState(random, state, Math.max(raised, last.term)) } };
  }
  if (kind < 0.82) return { kind: 'write', write: {} };
  if (kind < 0.93) return { kind: 'prune', through: between(random, 0, Math.min(commit, last.index)) };
  return reset(random, state);
}

function append(random: SimRandom, state: GroupState): Change {
  const last = lastOf(state);
  const term =
    Math.max(1, last.term, random.chance(0.3) ? state.hardState.term : 0) + (random.chance(0.1) ? 1 : 0);
  const entries = randomEntries(random, last.index + 1, 1 + random.below(8), term);
  const write = { entries };
  if (term <= state.hardState.term && random.chance(0.6)) return { kind: 'write', write };
  return { kind: 'write', write: { ...write, hardState: nextHardState(random, state, term) } };
}

function overwrite(random: SimRandom, state: GroupState): Change {
  const last = lastOf(state);
  const from = between(random, Math.max(state.hardState.commit, state.base.index) + 1, last.index);
  const term = Math.max(last.term, state.hardState.term) + 1;
  const entries = randomEntries(random, from, random.below(6), term);
  const { commit } = state.hardState;
  const hardState = { ...nextHardState(random, state, term), commit };
  return { kind: 'write', write: { truncateFrom: toIndex(from), entries, hardState } };
}

function reset(random: SimRandom, state: GroupState): Change {
  const last = lastOf(state);
  const { commit } = state.hardState;
  const matching = last.index > 0 && random.chance(0.6);
  const index = matching
    ? between(random, Math.max(1, state.base.index), last.index)
    : Math.max(commit, state.base.index) + 1 + random.below(12);
  const known = termOf(state, index);
  const term = matching && known !== undefined ? known : Math.max(last.term, state.hardState.term) + 1;
  const configuration = matching
    ? inForceAt(state, index)
    : random.chance(0.7)
      ? configurationEntry(between(random, 1, index), term)
      : null;
  const next = nextHardState(random, state, Math.max(term, last.term));
  const raised: HardState = { ...next, commit: toIndex(Math.max(commit, index)) };
  return { kind: 'reset', cursor: cursor(term, index), hardState: raised, configuration };
}

/** A hard state of at least that term: another vote only in another term, a commit that does not go back. */
function nextHardState(random: SimRandom, state: GroupState, atLeast: number): HardState {
  const before = state.hardState;
  const term = Math.max(before.term, atLeast);
  const vote =
    term === before.term ? before.vote : hardState(term, random.pick(['n1', 'n2', 'n3', null])).vote;
  const commit = toIndex(between(random, before.commit, Math.max(before.commit, lastOf(state).index)));
  // Within what is not committed a later change may cut: so that this goes on, commits are kept low.
  return { ...before, term: toTerm(term), vote, commit: random.chance(0.5) ? commit : before.commit };
}

/** A whole number from `low` to `high`, inclusive. */
function between(random: SimRandom, low: number, high: number): number {
  return low + random.below(Math.max(0, high - low) + 1);
}
