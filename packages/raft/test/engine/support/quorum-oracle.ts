import { type Configuration, keyOf, type MemberKey } from '@smalti/core';

/*
 * What quorum.ts must say, found by trying everything: slow, and near the words of the definition.
 */

/** More than half of the voters, in a joint configuration of either list; an empty list asks for nothing. */
export function majorityOfEach(of: Configuration, has: (key: MemberKey) => boolean): boolean {
  return [of.voters, of.outgoing].every((list) => {
    const having = list.filter((member) => has(keyOf(member)));
    return list.length === 0 || having.length > list.length - having.length;
  });
}

/** The highest index, from 0 up to a bound, that a majority has reached. */
export function committedByTrial(
  of: Configuration,
  matchOf: (key: MemberKey) => number,
  most: number,
): number {
  let found = 0;
  for (let index = 1; index <= most; index++) {
    if (majorityOfEach(of, (key) => matchOf(key) >= index)) found = index;
  }
  return found;
}

export type VoteOutcome = 'won' | 'lost' | 'pending';

/** Tries every way in which the missing votes can come. */
export function outcomeByTrial(of: Configuration, votes: ReadonlyMap<MemberKey, boolean>): VoteOutcome {
  const voters = [...new Set([...of.voters, ...of.outgoing].map(keyOf))];
  const missing = voters.filter((key) => !votes.has(key));
  let wins = 0;
  const ways = 2 ** missing.length;
  for (let bits = 0; bits < ways; bits++) {
    const yes = new Set(missing.filter((_, i) => (bits >> i) & 1));
    if (majorityOfEach(of, (key) => votes.get(key) ?? yes.has(key))) wins += 1;
  }
  if (wins === ways) return 'won';
  return wins === 0 ? 'lost' : 'pending';
}
