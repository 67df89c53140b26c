import type { Workload } from './workload.ts';

/** Reads of whatever a node has. */
export const weakReads: Workload = {
  name: 'weak reads',
  everyMs: [50, 250],
  act: (clients) => {
    for (let i = 0; i < 3; i++) clients.readWeakly();
  },
};
