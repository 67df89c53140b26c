import type { Fault } from './fault.ts';

const LOOK_MS = 10;

/** Whoever begins to lead is soon cut off, for a while: one leader after the other leaves something half done. */
export const coups: Fault = {
  name: 'coups',
  weight: 0.7,
  lasts: [2_000, 9_000],
  draw: (random) => ({
    reignMs: Math.round(random.between(0, 150)),
    exileMs: Math.round(random.between(200, 1_500)),
  }),
  strike: (world, { reignMs, exileMs }) => {
    const { network } = world.sim;
    const exiled = new Set<string>();
    let term = Math.max(0, ...world.truth.leaders.keys());
    let over = false;
    const separate = (): void => network.partition([...exiled].map((id) => [id]));
    const exile = (id: string): void => {
      if (over) return;
      exiled.add(id);
      separate();
      world.sim.schedule(Number(exileMs), 'return', () => {
        exiled.delete(id);
        if (!over) separate();
      });
    };
    const look = (): void => {
      if (over) return;
      const newest = Math.max(0, ...world.truth.leaders.keys());
      const leader = world.truth.leaders.get(newest);
      if (newest > term && leader !== undefined) {
        term = newest;
        world.sim.schedule(Number(reignMs), 'coup', () => exile(leader));
      }
      world.sim.schedule(LOOK_MS, 'look for a leader', look);
    };
    const { leader } = world;
    if (leader !== null) exile(leader.id);
    look();
    return () => {
      over = true;
      network.partition([]);
    };
  },
};
