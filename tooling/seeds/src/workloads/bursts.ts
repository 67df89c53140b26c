import type { Workload } from './workload.ts';

/** Many clients at one moment, through all nodes. */
export const bursts: Workload = {
  name: 'bursts',
  always: true,
  everyMs: [200, 600],
  act: (clients) => {
    for (let i = 0; i < 52; i++) {
      if (clients.random.chance(0.45)) clients.read();
      else clients.write();
    }
  },
};
