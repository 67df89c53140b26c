import { Framer } from '@smalti/core';
import { nodeHasher } from '@smalti/platform-node';
import { LIES, type Lie } from '../world/liar.ts';
import { drawTarget, type Fault, targetOf } from './fault.ts';

/** What shows least by itself comes more often. */
const DRAWN: readonly Lie[] = [...LIES, 'phantoms', 'phantoms', 'old session', 'old session'];

/** A node answers those who catch up with what is wrong, short, empty, stale or overlapping. */
export const liar: Fault = {
  name: 'liar',
  weight: 2,
  lasts: [2_000, 10_000],
  draw: (random, nodes) => ({ target: drawTarget(random, nodes), lie: random.pick(DRAWN) }),
  strike: (world, particulars) => {
    const { id, live } = targetOf(world, particulars);
    const found = world.liars.get(id);
    const cluster = live?.status().cluster ?? null;
    if (found === undefined || cluster === null) return null;
    found.framer = new Framer(cluster, nodeHasher);
    found.lie = particulars.lie as Lie;
    return () => {
      found.lie = null;
    };
  },
};
