import type { WatchMaker } from '../observe/watch.ts';

/**
 * When something is first considered committed, more than half of the voters have it on disk, and with it all that comes
 * before (Raft §5.3). Who votes, the newest configuration in the log of whoever considers it committed says. What was
 * committed a moment ago may have brought a newer one: then it is the one as of that entry. With a joint one under way
 * that is no less safe: nobody is elected without a majority of the configuration before it.
 */
export const committedIsDurable: WatchMaker = (truth) => ({
  name: 'the commit index stays within what a majority has on disk',
  claimed: (node, index) => {
    if (index <= truth.end) return;
    const mirror = truth.mirror(node);
    const term = mirror.terms[index] ?? -1;
    if (truth.isOnMajority(mirror.configuration, index, term)) return;
    if (truth.isOnMajority(mirror.configurationAt(index), index, term)) return;
    const what = `${node} considers entry ${index} of term ${term} committed, and no majority has it on disk`;
    truth.violate('the commit index stays within what a majority has on disk', what);
  },
});
