import { keyOf, membersOf } from '@smalti/core';
import type { WatchMaker } from '../observe/watch.ts';

/**
 * A command is skipped when the machine of every member has failed at exactly that one. Whoever has that in the log passes
 * over the command, and whoever has applied it before goes no further than there.
 */
export const skippedByAll: WatchMaker = (truth) => {
  const name = 'what is skipped was applied by nobody';
  const { skips } = truth;
  return {
    name,
    wrote: (node, { entries = [] }) => {
      const { hard, configuration } = truth.mirror(node);
      for (const { at, entry } of skips.wrote(entries)) {
        if (at.term !== hard.term || !truth.isLeader(node) || configuration === null) continue;
        const others = membersOf(configuration).filter((member) => !skips.hasFailedAt(keyOf(member), entry));
        if (others.length > 0)
          truth.violate(
            name,
            `${node} has entry ${entry.index} skipped, and ${others.map(({ id }) => id).join(', ')} has not failed there`,
          );
      }
    },
    meets: (node, { index, term }) => {
      if (skips.isSkippedIn(node, { index, term }))
        truth.violate(name, `the machine of ${node} is given entry ${index}, which its log skips`);
    },
    applying: (node, index) => {
      const limit = skips.limitOf(node);
      if (index > limit)
        truth.violate(name, `${node} applies ${index}, after ${limit}, which skips what it has applied`);
    },
  };
};
