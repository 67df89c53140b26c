import type { Fault } from './fault.ts';

/** Each voter reaches its two neighbours alone: everybody sees a majority, and no two see the same one. */
export const ring: Fault = {
  name: 'ring',
  lasts: [500, 5_000],
  draw: (random, nodes) => ({ order: random.shuffle(nodes) }),
  strike: (world, { order }) => {
    const { voters } = world;
    const ids = (order as readonly string[]).filter((id) => voters.includes(id));
    const apart: [string, string][] = [];
    for (const [i, a] of ids.entries()) {
      for (const [j, b] of ids.entries()) {
        const gap = j - i;
        if (gap > 1 && gap < ids.length - 1) apart.push([a, b]);
      }
    }
    const { network } = world.sim;
    for (const [a, b] of apart) network.cut(a, b);
    return () => {
      for (const [a, b] of apart) network.heal(a, b);
    };
  },
};
