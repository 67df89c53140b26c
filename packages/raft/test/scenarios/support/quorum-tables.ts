import { type Configuration, keyOf, type Member, type MemberKey } from '@smalti/core';
import { hasQuorum, quorumIsLost, quorumValue } from '../../../src/engine/quorum.ts';
import { configuration, key, nameOf } from '../../engine/support/members.ts';
import { committedByTrial, outcomeByTrial, type VoteOutcome } from '../../engine/support/quorum-oracle.ts';
import type { Command } from './script.ts';

/*
 * Drawings of quorums. What is drawn is the product's word, and has to be the oracle's too.
 */

function namesIn(list: string | undefined): string[] {
  return list === undefined || list === '' ? [] : list.split(',');
}

function configurationOf({ options }: Command): Configuration {
  return configuration(namesIn(options.get('voters')), [], namesIn(options.get('outgoing')));
}

/** What was said of each member as `name:value`. */
function valuesOf({ args, options }: Command): Map<MemberKey, string> {
  for (const option of options.keys()) {
    if (option !== 'voters' && option !== 'outgoing') throw new Error(`nothing is known of ${option}`);
  }
  return new Map(
    args.map((word) => {
      const [name = '', value] = word.split(':');
      if (value === undefined) throw new Error(`${word} is not of the form name:value`);
      return [key(name), value];
    }),
  );
}

function draw(title: string, members: readonly Member[], of: (key: MemberKey) => string): string[] {
  return members.length === 0
    ? []
    : [title, ...members.map((member) => `  ${nameOf(keyOf(member))} ${of(keyOf(member))}`.trimEnd())];
}

function agree<T>(said: T, right: T): T {
  if (said !== right) throw new Error(`quorum.ts says ${said}; by the definition it is ${right}`);
  return said;
}

/** `committed voters=a,b,c a:5 b:3`: up to where a majority has the log. */
export function committed(command: Command): string[] {
  const of = configurationOf(command);
  const values = valuesOf(command);
  const match = (member: MemberKey): number => Number(values.get(member) ?? 0);
  const most = Math.max(0, ...[...values.values()].map(Number));
  const reached = agree(quorumValue(of, match), committedByTrial(of, match, most));
  const bar = (member: MemberKey): string => {
    const length = match(member);
    const drawn = `${'#'.repeat(Math.min(length, reached))}${'-'.repeat(Math.max(0, length - reached))}`;
    return `|${drawn.padEnd(most)}| ${length}`;
  };
  return [
    ...draw('voters', of.voters, bar),
    ...draw('outgoing', of.outgoing, bar),
    `committed: ${reached === 0 ? 'nothing' : `up to ${reached}`}`,
  ];
}

/** `vote voters=a,b,c a:yes b:no`: what is known of an election. */
export function vote(command: Command): string[] {
  const of = configurationOf(command);
  const votes = new Map<MemberKey, boolean>();
  for (const [member, word] of valuesOf(command)) {
    if (word !== 'yes' && word !== 'no') throw new Error(`a vote is yes or no, not ${word}`);
    votes.set(member, word === 'yes');
  }
  const won = hasQuorum(of, (member) => votes.get(member) === true);
  const lost = quorumIsLost(of, (member) => votes.get(member) === false);
  if (won && lost) throw new Error('quorum.ts says that it is both won and lost');
  const said: VoteOutcome = won ? 'won' : lost ? 'lost' : 'pending';
  const marks = (member: MemberKey): string => {
    const mark = votes.get(member);
    return mark === undefined ? '?' : mark ? 'yes' : 'no';
  };
  return [
    ...draw('voters', of.voters, marks),
    ...draw('outgoing', of.outgoing, marks),
    agree(said, outcomeByTrial(of, votes)),
  ];
}
