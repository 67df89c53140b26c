import type { Fault } from './fault.ts';

/** Now and then something is lost, and the connection with it. */
export const loss: Fault = {
  name: 'loss',
  lasts: [500, 4_000],
  draw: (random) => ({ share: random.between(0.0005, 0.01) }),
  strike: (world, { share }) => {
    const { network } = world.sim;
    network.set({ loss: Number(share) });
    return () => network.set({ loss: 0 });
  },
};
