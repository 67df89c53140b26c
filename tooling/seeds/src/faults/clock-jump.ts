import { drawTarget, type Fault, nothing, targetOf } from './fault.ts';

/** A wall clock is set, by up to an hour either way. */
export const clockJump: Fault = {
  name: 'clock jump',
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    byMs: Math.round(random.between(-3_600_000, 3_600_000)),
  }),
  strike: (world, particulars) => {
    targetOf(world, particulars).sim.wall.offset += Number(particulars.byMs);
    return nothing;
  },
};
