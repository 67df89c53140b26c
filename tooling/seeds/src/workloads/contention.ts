import type { Workload } from './workload.ts';

/** Several clients want one key at once. */
export const contention: Workload = {
  name: 'contention',
  everyMs: [150, 450],
  act: (clients) => {
    const key = clients.keys.draw();
    for (let i = 0; i < 3; i++) clients.write(key, clients.random.chance(0.7) ? 'cas' : 'append');
    clients.read(key);
  },
};
