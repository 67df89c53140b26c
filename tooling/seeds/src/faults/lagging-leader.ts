import type { Fault } from './fault.ts';

/** What the others say is under way for ever longer before it reaches the leader: too slowly to be missed. */
const LAGS_MS = [200, 400, 600, 800] as const;
const STEP_MS = 400;

/**
 * What a leader hears is old, and then nobody hears it any more: it believes to lead, with good reason as far as it
 * knows, while the others elect another. Whatever it answers by itself then is stale.
 */
export const laggingLeader: Fault = {
  name: 'lagging leader',
  lasts: [3_500, 6_000],
  draw: () => ({}),
  strike: (world) => {
    const { leader, sim } = world;
    if (leader === null || !leader.sim.running) return null;
    const { network } = sim;
    const others = world.ids.filter((id) => id !== leader.id);
    let over = false;
    for (const [i, lag] of LAGS_MS.entries()) {
      sim.schedule(i * STEP_MS, 'a longer way to the leader', () => {
        if (!over)
          for (const other of others) network.setDirection(other, leader.id, { delay: [lag, lag + 40] });
      });
    }
    sim.schedule(LAGS_MS.length * STEP_MS, 'nobody hears the leader', () => {
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
