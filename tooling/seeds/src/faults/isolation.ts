import { drawTarget, type Fault, targetOf } from './fault.ts';

/** A node, the leader as a rule, is cut off from all others. */
export const isolation: Fault = {
  name: 'isolation',
  weight: 1.5,
  lasts: [200, 5_000],
  draw: (random, nodes) => ({ target: random.chance(0.5) ? 'leader' : drawTarget(random, nodes) }),
  strike: (world, particulars) => {
    const { id } = targetOf(world, particulars);
    const { network } = world.sim;
    network.partition([[id]]);
    return () => network.partition([]);
  },
};
