import type { WatchMaker } from '../observe/watch.ts';

/** A log is made to begin at what is committed, and keeps what follows there: others may count on it. */
export const resetsKeepWhatFollows: WatchMaker = (truth) => {
  const name = 'a reset keeps what follows';
  return {
    name,
    reset: (node, { to, had, before, after }) => {
      if (truth.committed[to.index] !== to.term)
        truth.violate(
          name,
          `${node} begins its log after ${to.index} of term ${to.term}, which is not committed`,
        );
      const right = had ? Math.max(before, to.index) : to.index;
      if (after !== right)
        truth.violate(
          name,
          `${node} begins its log after ${to.index}: it ended at ${before}, and ends at ${after}`,
        );
    },
  };
};
