import type { Fault } from './fault.ts';
import { drawTarget, nothing, targetOf } from './fault.ts';

/** A process ends right before a message leaves. */
export const crashAtSend: Fault = {
  name: 'crash at a message',
  weight: 2,
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    after: 1 + random.below(30),
    ending: random.pick(['power loss', 'kill']),
    downMs: Math.round(random.between(20, 2_000)),
  }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    const { after, ending, downMs } = particulars;
    world.traps.atSend(member.id, Number(after), ending as 'kill', () => {
      world.sim.schedule(Number(downMs), 'restart', () => {
        if (!member.heldDown) world.boot(member);
      });
    });
    return nothing;
  },
};
