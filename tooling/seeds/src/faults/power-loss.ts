import { drawTarget, type Fault, targetOf } from './fault.ts';

/** A node loses power, with whatever was not synced, and comes back later. */
export const powerLoss: Fault = {
  name: 'power loss',
  weight: 2,
  lasts: [50, 4_000],
  draw: (random, nodes) => ({ target: drawTarget(random, nodes) }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    if (!member.sim.running) return null;
    member.heldDown = true;
    world.powerLoss(member);
    return () => {
      member.heldDown = false;
      world.boot(member);
    };
  },
};
