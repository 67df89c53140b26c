import { drawTarget, type Fault, targetOf } from './fault.ts';

/** A node is not heard by another, which it hears. */
export const oneWayCut: Fault = {
  name: 'one-way cut',
  weight: 1.5,
  lasts: [100, 4_000],
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    other: random.pick(nodes),
    hears: random.chance(0.5),
  }),
  strike: (world, particulars) => {
    const { id } = targetOf(world, particulars);
    const other = String(particulars.other);
    if (id === other) return null;
    const [from, to] = particulars.hears === true ? [other, id] : [id, other];
    world.sim.network.cutOneWay(from, to);
    return () => world.sim.network.heal(id, other);
  },
};
