import { drawTarget, type Fault, nothing, targetOf } from './fault.ts';

/** A node loses its disk, and comes back with an empty one: under its old name, but as nobody who counts. */
export const wipe: Fault = {
  name: 'wiped disk',
  weight: 0.5,
  draw: (random, nodes) => ({ target: drawTarget(random, nodes) }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    if (member.lost || !world.budget.spend(member.id)) return null;
    world.wipe(member);
    return nothing;
  },
};
