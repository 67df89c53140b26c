import type { Workload } from './workload.ts';

/** Runs of writes that are applied as one. */
export const bulk: Workload = {
  name: 'bulk',
  everyMs: [300, 1_500],
  act: (clients) => clients.writeMany(2 + clients.random.below(25)),
};
