import type { WatchMaker } from '../observe/watch.ts';

/** Raft figure 3: a leader never overwrites or deletes entries of its own log. */
export const leaderAppendsOnly: WatchMaker = (truth) => ({
  name: 'a leader only appends',
  wrote: (node, { truncateFrom }, before) => {
    if (truncateFrom === undefined || truncateFrom > before || !truth.isLeader(node)) return;
    const { hard } = truth.mirror(node);
    truth.violate(
      'a leader only appends',
      `${node} leads term ${hard.term} and cut its log from ${truncateFrom}`,
    );
  },
});
