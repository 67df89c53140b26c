import { drawTarget, type Fault, targetOf } from './fault.ts';

/** A wall clock goes too fast or too slow. */
export const clockDrift: Fault = {
  name: 'clock drift',
  lasts: [1_000, 10_000],
  draw: (random, nodes) => ({ target: drawTarget(random, nodes), drift: random.between(-0.5, 0.5) }),
  strike: (world, particulars) => {
    const { wall } = targetOf(world, particulars).sim;
    wall.drift = Number(particulars.drift);
    return () => {
      wall.drift = 0;
    };
  },
};
