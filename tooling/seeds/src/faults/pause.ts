import { drawTarget, type Fault, targetOf } from './fault.ts';

/** A process stands still, for longer than an election now and then. */
export const pause: Fault = {
  name: 'pause',
  weight: 1.5,
  lasts: [50, 4_000],
  draw: (random, nodes) => ({ target: drawTarget(random, nodes) }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    const { process } = member.sim;
    if (!process.alive || process.paused) return null;
    process.pause();
    return () => process.resume();
  },
};
