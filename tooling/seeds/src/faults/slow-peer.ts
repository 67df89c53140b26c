import { drawTarget, type Fault, targetOf } from './fault.ts';

/** What one node sends and gets goes over a thin line. */
export const slowPeer: Fault = {
  name: 'slow peer',
  lasts: [500, 6_000],
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    mostMs: Math.round(random.between(20, 400)),
    bytesPerMs: Math.round(random.between(20, 500)),
  }),
  strike: (world, particulars) => {
    const { id } = targetOf(world, particulars);
    const { network } = world.sim;
    const conditions = {
      delay: [5, Number(particulars.mostMs)],
      bytesPerMs: Number(particulars.bytesPerMs),
    } as const;
    const both = (set: typeof conditions | object): void => {
      for (const other of world.ids) {
        if (other === id) continue;
        network.setDirection(id, other, set);
        network.setDirection(other, id, set);
      }
    };
    both(conditions);
    return () => both({});
  },
};
