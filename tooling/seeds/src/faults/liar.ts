import { LIES, type Lie } from '../world/liar.ts';
import { drawTarget, type Fault, targetOf } from './fault.ts';

/** A node answers those who catch up with what is wrong, short, empty, stale or overlapping. */
export const liar: Fault = {
  name: 'liar',
  lasts: [2_000, 10_000],
  draw: (random, nodes) => ({ target: drawTarget(random, nodes), lie: random.pick(LIES) }),
  strike: (world, particulars) => {
    const found = world.liars.get(targetOf(world, particulars).id);
    if (found === undefined) return null;
    found.lie = particulars.lie as Lie;
    return () => {
      found.lie = null;
    };
  },
};
