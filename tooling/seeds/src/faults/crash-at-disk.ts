import type { Fault } from './fault.ts';
import { drawTarget, nothing, targetOf } from './fault.ts';

/** A process ends right before, or right after, something it does to its disk. */
export const crashAtDisk: Fault = {
  name: 'crash at a disk operation',
  weight: 2,
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    after: 1 + random.below(20),
    stage: random.pick(['submitted', 'applied']),
    ending: random.pick(['power loss', 'kill']),
    downMs: Math.round(random.between(20, 2_000)),
  }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    const { after, stage, ending, downMs } = particulars;
    world.traps.atDisk(member.id, Number(after), stage as 'applied', ending as 'kill', () => {
      world.sim.schedule(Number(downMs), 'restart', () => {
        if (!member.heldDown) world.boot(member);
      });
    });
    return nothing;
  },
};
