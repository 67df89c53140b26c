import type { Fault } from './fault.ts';

/** What the others say is under way for so long before it reaches the leader. */
const LAG_MS = [600, 900] as const;
/** Until all that arrives is late. */
const SETTLE_MS = 1_000;

/**
 * What a leader hears is old, and then nobody hears it any more: it believes to lead, with good reason as far as it
 * knows, while the others elect another. Whatever it answers by itself then is stale.
 */
export const laggingLeader: Fault = {
  name: 'lagging leader',
  lasts: [2_500, 5_000],
  draw: () => ({}),
  strike: (world) => {
    const { leader, sim } = world;
    if (leader === null || !leader.sim.running) return null;
    const { network } = sim;
    const others = world.ids.filter((id) => id !== leader.id);
    let over = false;
    for (const other of others) network.setDirection(other, leader.id, { delay: LAG_MS });
    sim.schedule(SETTLE_MS, 'nobody hears the leader', () => {
      if (!over) for (const other of others) network.cutOneWay(leader.id, other);
    });
    return () => {
      over = true;
      for (const other of others) {
        network.setDirection(other, leader.id, {});
        network.heal(leader.id, other);
      }
    };
  },
};
