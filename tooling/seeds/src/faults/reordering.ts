import type { Fault } from './fault.ts';

/** What engines say arrives after what they said later. */
export const reordering: Fault = {
  name: 'reordering',
  lasts: [500, 6_000],
  draw: (random) => ({ share: random.between(0.01, 0.3) }),
  strike: (world, { share }) => {
    world.disorder.late = Number(share);
    return () => {
      world.disorder.late = 0;
    };
  },
};
