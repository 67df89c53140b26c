import type { WatchMaker } from '../observe/watch.ts';

/** When an entry is first considered committed, more than half of the voters have it on disk (Raft §5.3). */
export const committedIsDurable: WatchMaker = (truth) => ({
  name: 'the commit index stays within what a majority has on disk',
  claimed: (node, index) => {
    const { terms } = truth.mirror(node);
    // What comes before follows from log matching, but a majority for each costs little.
    for (let i = truth.committed.length; i <= index; i++) {
      const term = terms[i] ?? -1;
      if (truth.isOnMajority(i, term)) continue;
      const what = `${node} considers entry ${i} of term ${term} committed, and no majority has it on disk`;
      truth.violate('the commit index stays within what a majority has on disk', what);
      return;
    }
  },
});
