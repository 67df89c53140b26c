import { drawTarget, type Fault, targetOf } from './fault.ts';

/** A process is killed; what it wrote stays in the page cache. */
export const kill: Fault = {
  name: 'kill',
  weight: 2,
  lasts: [50, 4_000],
  draw: (random, nodes) => ({ target: drawTarget(random, nodes) }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    if (!member.sim.running) return null;
    member.heldDown = true;
    world.kill(member);
    return () => {
      member.heldDown = false;
      world.boot(member);
    };
  },
};
