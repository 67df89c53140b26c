import type { Fault } from './fault.ts';

/** The nodes fall into two parts. */
export const partition: Fault = {
  name: 'partition',
  weight: 1.5,
  lasts: [200, 5_000],
  draw: (random, nodes) => ({ part: random.shuffle(nodes).slice(0, 1 + random.below(nodes.length - 1)) }),
  strike: (world, { part }) => {
    const { network } = world.sim;
    network.partition([part as readonly string[]]);
    return () => network.partition([]);
  },
};
