import { drawTarget, type Fault, targetOf } from './fault.ts';

/** No sync completes for a while. */
export const hangingDisk: Fault = {
  name: 'hanging sync',
  lasts: [200, 4_000],
  draw: (random, nodes) => ({ target: drawTarget(random, nodes) }),
  strike: (world, particulars) => {
    const { disk } = targetOf(world, particulars).sim;
    disk.hangSyncs();
    return () => disk.releaseSyncs();
  },
};
