import { drawTarget, type Fault, nothing, targetOf } from './fault.ts';

/** A connection is reset while a frame is on it: part of the frame has arrived, and the rest never does. */
export const resetInFrame: Fault = {
  name: 'reset in the middle of a frame',
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    other: random.pick(nodes),
    at: random.between(0.05, 0.95),
  }),
  strike: (world, particulars) => {
    const { id } = targetOf(world, particulars);
    const other = String(particulars.other);
    if (id === other) return null;
    world.sim.network.resetInFrame(id, other, Number(particulars.at));
    return nothing;
  },
};
