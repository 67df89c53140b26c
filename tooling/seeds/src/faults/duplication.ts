import type { Fault } from './fault.ts';

/** What engines say arrives twice. */
export const duplication: Fault = {
  name: 'duplication',
  lasts: [500, 6_000],
  draw: (random) => ({ share: random.between(0.01, 0.3) }),
  strike: (world, { share }) => {
    world.disorder.duplicates = Number(share);
    return () => {
      world.disorder.duplicates = 0;
    };
  },
};
