import type { Fault } from './fault.ts';

/** Everything takes long, and arrives at very different times. */
export const slowNetwork: Fault = {
  name: 'slow network',
  lasts: [500, 5_000],
  draw: (random) => ({ mostMs: Math.round(random.between(20, 300)) }),
  strike: (world, { mostMs }) => {
    const { network } = world.sim;
    network.set({ delay: [1, Number(mostMs)] });
    return () => network.set({ delay: world.settings.delay });
  },
};
