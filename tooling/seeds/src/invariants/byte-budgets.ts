import type { WatchMaker } from '../observe/watch.ts';
import { QUEUE_BYTES } from '../world/settings.ts';

/** What waits in a lane of a bond is bounded, but for one message in an empty lane. */
export const byteBudgets: WatchMaker = (truth) => {
  const name = 'byte budgets hold';
  return {
    name,
    sent: ({ from, to, lane, bytes, queued }) => {
      if (queued <= QUEUE_BYTES[lane] || queued <= 2 * bytes) return;
      truth.violate(name, `${queued} bytes wait from ${from} to ${to} on the ${lane} lane`);
    },
  };
};
