import { drawTarget, type Fault, nothing, targetOf } from './fault.ts';

/** A connection is reset. */
export const reset: Fault = {
  name: 'reset',
  draw: (random, nodes) => ({ target: drawTarget(random, nodes), other: random.pick(nodes) }),
  strike: (world, particulars) => {
    const { id } = targetOf(world, particulars);
    const other = String(particulars.other);
    if (id === other) return null;
    world.sim.network.reset(id, other);
    return nothing;
  },
};
