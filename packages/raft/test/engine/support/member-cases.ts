import type { Configuration } from '@smalti/core';
import type { MemberChange } from '../../../src/engine/membership.ts';
import { configuration, member, namesOf } from './members.ts';

/** What a node is in a configuration. */
export type Part = 'voter' | 'learner' | 'absent';

/** What becomes of each node: what it is before a change, and what it is to be. */
export type MemberCase = readonly { readonly name: string; readonly from: Part; readonly to: Part }[];

const PARTS: readonly Part[] = ['voter', 'learner', 'absent'];
const FATES = PARTS.flatMap((from) => PARTS.map((to) => ({ from, to }))).filter(
  // Who votes was a learner before.
  ({ from, to }) => from !== 'absent' || to === 'learner',
);

/**
 * Every change between two configurations of at most so many nodes, up to their names, with each kind of voter as the
 * leader once: the first node, called a, leads.
 */
export function memberCases(most: number): MemberCase[] {
  const cases: MemberCase[] = [];
  const grow = (chosen: readonly number[]): void => {
    if (chosen.length > 0) cases.push(...led(chosen));
    if (chosen.length === most) return;
    for (let next = chosen.at(-1) ?? 0; next < FATES.length; next++) grow([...chosen, next]);
  };
  grow([]);
  return cases;
}

/** The case with each kind of voter in front. */
function led(chosen: readonly number[]): MemberCase[] {
  const fates = chosen.flatMap((i) => FATES[i] ?? []);
  if (!fates.some(({ to }) => to === 'voter')) return [];
  const kinds = [...new Set(fates.filter(({ from }) => from === 'voter'))];
  return kinds.map((leader) => {
    const rest = [...fates];
    rest.splice(rest.indexOf(leader), 1);
    const names = namesOf(fates.length);
    return [leader, ...rest].map((fate, i) => ({ name: names[i] ?? '', ...fate }));
  });
}

/** For people: `a voter>learner, b voter`. */
export function titleOf(of: MemberCase): string {
  return of.map(({ name, from, to }) => `${name} ${from === to ? from : `${from}>${to}`}`).join(', ');
}

export function before(of: MemberCase): Configuration {
  const being = (part: Part): string[] => of.filter(({ from }) => from === part).map(({ name }) => name);
  return configuration(being('voter'), being('learner'));
}

export function after(of: MemberCase): Configuration {
  const becoming = (part: Part): string[] => of.filter(({ to }) => to === part).map(({ name }) => name);
  return configuration(becoming('voter'), becoming('learner'));
}

/** The change, as one. */
export function changesOf(of: MemberCase): MemberChange[] {
  return of.flatMap(({ name, from, to }): MemberChange[] => {
    if (to === 'absent') return [{ type: 'remove', node: name }];
    const add = { type: 'add', member: member(name) } as const;
    if (from === 'absent') return [add];
    if (from === to) return [];
    return [{ type: to === 'voter' ? 'promote' : 'demote', node: name }];
  });
}

/** What comes first: nodes that are new have to have the log before they vote. */
export function additionsOf(of: MemberCase): MemberChange[] {
  return changesOf(of).filter(({ type }) => type === 'add');
}
