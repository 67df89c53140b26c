import { drawTarget, type Fault, targetOf } from './fault.ts';

/** A node is cut off and reached again, over and over. */
export const flapping: Fault = {
  name: 'flapping',
  lasts: [1_000, 5_000],
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    everyMs: Math.round(random.between(30, 700)),
  }),
  strike: (world, particulars) => {
    const { id } = targetOf(world, particulars);
    const { network } = world.sim;
    let over = false;
    let cut = false;
    const set = (to: boolean): void => {
      cut = to;
      for (const other of world.ids) {
        if (other === id) continue;
        if (cut) network.cut(id, other);
        else network.heal(id, other);
      }
    };
    const flap = (): void => {
      if (over) return;
      set(!cut);
      world.sim.schedule(Number(particulars.everyMs), 'flap', flap);
    };
    flap();
    return () => {
      over = true;
      set(false);
    };
  },
};
