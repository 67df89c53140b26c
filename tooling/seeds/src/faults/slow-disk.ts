import { drawTarget, type Fault, targetOf } from './fault.ts';

/** A disk takes its time. */
export const slowDisk: Fault = {
  name: 'slow disk',
  lasts: [500, 6_000],
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    mostMs: Math.round(random.between(5, 400)),
  }),
  strike: (world, particulars) => {
    const { disk } = targetOf(world, particulars).sim;
    const { random, latency } = world;
    disk.latency = ({ kind }) =>
      kind === 'sync' || kind === 'syncDirectory'
        ? random.between(1, Number(particulars.mostMs))
        : random.between(0.01, 2);
    // What it took before may be what another of these had set, and that one may have ended since.
    return () => {
      disk.latency = latency;
    };
  },
};
