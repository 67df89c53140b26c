import { drawTarget, type Fault, targetOf } from './fault.ts';

/** A disk has no room any more, and later has. */
export const fullDisk: Fault = {
  name: 'full disk',
  weight: 1.5,
  lasts: [1_000, 12_000],
  draw: (random, nodes) => ({ target: drawTarget(random, nodes), spare: random.below(8 * 1024) }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    const { disk } = member.sim;
    // A node that starts on a full disk may say so and end.
    member.excused = true;
    disk.capacity = disk.used + Number(particulars.spare);
    return () => {
      disk.capacity = Number.POSITIVE_INFINITY;
    };
  },
};
