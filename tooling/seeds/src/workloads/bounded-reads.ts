import type { Workload } from './workload.ts';

const AGES_MS = [0, 50, 200, 400, 1_000, 5_000];

/** Reads that say how old their answer may be. */
export const boundedReads: Workload = {
  name: 'bounded reads',
  everyMs: [30, 150],
  act: (clients) => {
    for (let i = 0; i < 3; i++) clients.readBounded(clients.random.pick(AGES_MS));
  },
};
