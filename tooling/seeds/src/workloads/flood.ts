import type { Workload } from './workload.ts';

/** So much at once that whoever is away for a moment lacks more than a leader keeps in memory. */
export const flood: Workload = {
  name: 'flood',
  everyMs: [2_000, 8_000],
  act: (clients) => {
    for (let i = 0; i < 10; i++) clients.writeMany(20);
  },
};
