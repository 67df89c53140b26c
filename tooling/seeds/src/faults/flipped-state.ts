import { drawTarget, type Fault, nothing, targetOf } from './fault.ts';

/** A bit in the memory of a node turns over, in a place of its state that no client sees: its checkpoints show it. */
export const flippedState: Fault = {
  name: 'flipped state',
  weight: 1.5,
  draw: (random, nodes) => ({ target: drawTarget(random, nodes), bits: 1 + random.below(2 ** 31) }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    const { machine, id, live } = member;
    if (machine === null || live === null || world.settings.checkpoints === undefined) return null;
    if (!world.budget.mayFlip(id)) return null;
    machine.flip(Number(particulars.bits));
    // What was captured before is as it should be.
    world.truth.checkpoints.flip(id, live.status().applied.index);
    return nothing;
  },
};
