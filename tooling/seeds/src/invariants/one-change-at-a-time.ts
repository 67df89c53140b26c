import { type Configuration, keyOf } from '@smalti/core';
import { describe } from '../observe/configurations.ts';
import type { WatchMaker } from '../observe/watch.ts';

function namesOf(list: Configuration['voters']): string {
  return list.map(keyOf).sort().join(' ');
}

/** What may follow a configuration (Raft §6): other voters by way of a joint one only, which ends as it says. */
function mayFollow(before: Configuration, next: Configuration): boolean {
  if (before.outgoing.length > 0) {
    return next.outgoing.length === 0 && namesOf(next.voters) === namesOf(before.voters);
  }
  if (next.outgoing.length > 0) return namesOf(next.outgoing) === namesOf(before.voters);
  return namesOf(next.voters) === namesOf(before.voters);
}

/**
 * The members are changed one step after the other: the next one begins when more than half have the last one on disk,
 * and something of the leader's own term.
 */
export const oneChangeAtATime: WatchMaker = (truth) => {
  const name = 'one change of the members at a time';
  return {
    name,
    wrote: (node, { entries = [] }) => {
      const mirror = truth.mirror(node);
      for (const [i, at] of mirror.configurations.entries()) {
        const before = mirror.configurations[i - 1];
        if (before === undefined || !entries.some(({ index }) => index === at.index)) continue;
        const step = `${node} lets ${describe(at.configuration)} follow ${describe(before.configuration)}`;
        if (!mayFollow(before.configuration, at.configuration)) truth.violate(name, step);
        if (truth.leaders.get(at.term) !== node || mirror.hard.term !== at.term) continue;
        const first = mirror.terms.indexOf(at.term);
        for (const index of [before.index, first]) {
          const inForce = mirror.configurationAt(index);
          if (index < at.index && truth.isOnMajority(inForce, index, mirror.terms[index] ?? -1)) continue;
          truth.violate(name, `${step}, and no majority has entry ${index} on disk yet`);
        }
      }
    },
  };
};
