import {
  type Configuration,
  decodeConfiguration,
  decodeGenesis,
  type Entry,
  EntryKind,
  keyOf,
  type Member,
  type MemberKey,
  payloadOf,
} from '@smalti/core';

/** A configuration, and the entry that brings it. */
export interface ConfigurationAt {
  readonly index: number;
  readonly term: number;
  readonly configuration: Configuration;
}

/** The configurations that some entries of a log bring, in their order. */
export function configurationsIn(entries: readonly Entry[]): ConfigurationAt[] {
  return entries.flatMap((entry) => {
    const { index, term, kind } = entry;
    if (kind === EntryKind.genesis) {
      return [{ index, term, configuration: decodeGenesis(payloadOf(entry)).configuration }];
    }
    if (kind !== EntryKind.configuration) return [];
    return [{ index, term, configuration: decodeConfiguration(payloadOf(entry)) }];
  });
}

/** The lists of voters that have a say: one, or two in a joint configuration (Raft §6). Written without the product's. */
export function electorates({ voters, outgoing }: Configuration): readonly (readonly Member[])[] {
  return [voters, outgoing].filter((list) => list.length > 0);
}

/** True if more than half of the voters are meant; in a joint configuration, of each list. */
export function isMajority(of: Configuration, meant: (key: MemberKey) => boolean): boolean {
  return electorates(of).every(
    (list) => list.filter((member) => meant(keyOf(member))).length * 2 > list.length,
  );
}

/** True if all voters are. */
export function isEverybody(of: Configuration, meant: (key: MemberKey) => boolean): boolean {
  return electorates(of).every((list) => list.every((member) => meant(keyOf(member))));
}

/** True if it is a voter, of either list. */
export function votes(of: Configuration, key: MemberKey): boolean {
  return electorates(of).some((list) => list.some((member) => keyOf(member) === key));
}

/** For people: `n1 n2 n3`, `n1 n2 n4 after n1 n2 n3, learning n5`. */
export function describe({ voters, outgoing, learners }: Configuration): string {
  const names = (list: readonly Member[]): string =>
    list.map(({ id, incarnation }) => `${id}@${incarnation.slice(0, 4)}`).join(' ');
  const after = outgoing.length > 0 ? ` after ${names(outgoing)}` : '';
  return `${names(voters)}${after}${learners.length > 0 ? `, learning ${names(learners)}` : ''}`;
}
