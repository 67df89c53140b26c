import { type Configuration, type Index, keyOf, type Member, type MemberKey } from '@smalti/core';

function majority(count: number): number {
  return Math.floor(count / 2) + 1;
}

function holdsIn(members: readonly Member[], yes: (key: MemberKey) => boolean): boolean {
  if (members.length === 0) return true;
  let count = 0;
  for (const member of members) if (yes(keyOf(member))) count += 1;
  return count >= majority(members.length);
}

/**
 * True if a majority of the configured voters says yes; in a joint configuration, of both (Raft §6). The denominator
 * is the configuration's: who is reachable has no say in it.
 */
export function hasQuorum(configuration: Configuration, yes: (key: MemberKey) => boolean): boolean {
  return holdsIn(configuration.voters, yes) && holdsIn(configuration.outgoing, yes);
}

/** True if so many refuse that {@link hasQuorum} can no longer hold. */
export function quorumIsLost(configuration: Configuration, no: (key: MemberKey) => boolean): boolean {
  const lost = (members: readonly Member[]): boolean =>
    members.length > 0 &&
    members.filter((m) => no(keyOf(m))).length > members.length - majority(members.length);
  return lost(configuration.voters) || lost(configuration.outgoing);
}

/** True if all say yes whose votes are needed where some are in doubt. */
export function everybody(configuration: Configuration, yes: (key: MemberKey) => boolean): boolean {
  return neededInDoubt(configuration).every(yes);
}

function reachedIn(members: readonly Member[], reachedBy: (key: MemberKey) => number): number {
  const values = members.map((member) => reachedBy(keyOf(member))).sort((a, b) => b - a);
  return values[majority(members.length) - 1] ?? Number.MAX_SAFE_INTEGER;
}

/** The highest value that a majority of the voters (of both configurations in a joint one) has reached. */
export function quorumValue(configuration: Configuration, reachedBy: (key: MemberKey) => number): number {
  return Math.min(reachedIn(configuration.voters, reachedBy), reachedIn(configuration.outgoing, reachedBy));
}

/** The index up to which a majority holds the log. */
export function quorumIndex(configuration: Configuration, matchOf: (key: MemberKey) => Index): Index {
  return quorumValue(configuration, matchOf) as Index;
}

/** True if the member votes. */
export function isVoter(configuration: Configuration, key: MemberKey): boolean {
  return [...configuration.voters, ...configuration.outgoing].some((member) => keyOf(member) === key);
}

/** True if it only reads: it votes in no configuration, and never will under this one. */
export function isObserver(configuration: Configuration, key: MemberKey): boolean {
  const member = configuration.learners.find((learner) => keyOf(learner) === key);
  return member?.preference === 'observer' && !isVoter(configuration, key);
}

/**
 * Whose votes a candidate needs that may have forgotten something, if there is no quorum beyond doubt: everybody's. What
 * it has forgotten may be a change of the voters. If there were several before it, another of them has it, and refuses.
 * A single one knew of it alone: whoever could have been made a voter has to be asked then.
 */
export function neededInDoubt(configuration: Configuration): MemberKey[] {
  const voters = votersOf(configuration);
  if (configuration.voters.length > 1) return voters;
  const others = configuration.learners.filter((member) => member.preference !== 'observer').map(keyOf);
  return [...new Set([...voters, ...others])];
}

/** Every voter of either configuration, once. */
export function votersOf(configuration: Configuration): MemberKey[] {
  return [...new Set([...configuration.voters, ...configuration.outgoing].map(keyOf))];
}
