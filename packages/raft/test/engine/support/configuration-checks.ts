import { type Configuration, type Entry, keyOf, type MemberKey } from '@smalti/core';
import { configurationOf } from '../../../src/engine/log.ts';
import { majorityOfEach } from './quorum-oracle.ts';
import type { TestNode } from './test-node.ts';
import { must } from './violation.ts';

/** True if that entry is on the disk of that member. */
export type Holds = (key: MemberKey, entry: Entry) => boolean;

function names(list: Configuration['voters']): string {
  return list.map(keyOf).sort().join(' ');
}

/** What may follow a configuration: other voters by way of a joint one only, which ends as it says (Raft §6). */
function mayFollow(before: Configuration, next: Configuration): boolean {
  if (before.outgoing.length > 0)
    return next.outgoing.length === 0 && names(next.voters) === names(before.voters);
  if (next.outgoing.length > 0) return names(next.outgoing) === names(before.voters);
  return names(next.voters) === names(before.voters);
}

/** The entries of a log that say who counts. */
function configurationsOf(log: readonly Entry[]): { entry: Entry; configuration: Configuration }[] {
  return log.flatMap((entry) => {
    const configuration = configurationOf(entry);
    return configuration === null ? [] : [{ entry, configuration }];
  });
}

/**
 * A leader has added a configuration to its log: it has to follow from the last one, which more than half have on disk by
 * then, and something of the leader's own term too.
 */
export function checkChange(node: TestNode, added: Entry, holds: Holds): void {
  const log = node.disk.visible;
  const all = configurationsOf(log.filter(({ index }) => index < added.index));
  const before = all.at(-1);
  const next = configurationOf(added);
  must(before !== undefined && next !== null, 'a log begins with a configuration');
  must(
    mayFollow(before.configuration, next),
    `${node.name} lets ${added.index} follow ${before.entry.index}`,
  );
  const first = log.find(({ term }) => term === added.term);
  must(first !== undefined && first.index < added.index, `${node.name} begins its term with a change`);
  for (const entry of [before.entry, first]) {
    const inForce = all.findLast((at) => at.entry.index <= entry.index)?.configuration;
    must(
      inForce !== undefined && majorityOfEach(inForce, (key) => holds(key, entry)),
      `${node.name} changes the members by ${added.index}, and no majority has ${entry.index} on disk yet`,
    );
  }
}

/** True if a node votes by the newest configuration of its log, or did by the one before, and may not know better. */
export function wasVoter({ key, committed, disk }: TestNode): boolean {
  const all = configurationsOf(disk.visible);
  const last = all.at(-1)?.entry.index ?? 0;
  return all
    .slice(last > committed ? -2 : -1)
    .some(({ configuration: { voters, outgoing } }) =>
      [...voters, ...outgoing].some((member) => keyOf(member) === key),
    );
}

/** The newest configuration of a log is in force, and no other: also after the log was cut. */
export function checkInForce(node: TestNode): void {
  const newest = configurationsOf(node.disk.visible).at(-1)?.entry.index;
  const { configurationIndex } = node.engine.view;
  must(
    configurationIndex === newest,
    `${node.name} goes by entry ${configurationIndex}, the newest configuration of its log is ${newest}`,
  );
}
