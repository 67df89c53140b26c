import type { Workload } from './workload.ts';

/** One client at a time. */
export const trickle: Workload = {
  name: 'trickle',
  everyMs: [60, 240],
  act: (clients) => {
    if (clients.random.chance(0.4)) clients.read();
    else clients.write();
  },
};
