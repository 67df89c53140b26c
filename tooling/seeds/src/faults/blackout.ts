import type { Fault } from './fault.ts';

/** Every node loses power at one moment, and they come back one after the other. */
export const blackout: Fault = {
  name: 'blackout',
  weight: 0.5,
  draw: (random) => ({ apartMs: Math.round(random.between(0, 500)) }),
  strike: (world, { apartMs }) => {
    for (const member of world.members) if (member.sim.running && !member.asleep) world.powerLoss(member);
    const order = world.random.shuffle(world.members);
    for (const [i, member] of order.entries()) {
      world.sim.schedule(50 + i * Number(apartMs), 'power is back', () => {
        if (!member.heldDown) world.boot(member);
      });
    }
    return () => {};
  },
};
