import { drawTarget, type Fault, nothing, targetOf } from './fault.ts';

/** A disk puts one write where it does not belong, and says that all is well. */
export const misdirectedWrite: Fault = {
  name: 'misdirected write',
  weight: 0.4,
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    sectors: 1 + random.below(40),
    back: random.chance(0.5),
  }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    if (member.lost || !world.budget.spend(member.id)) return null;
    // From now on anything may be missing or overwritten there.
    world.truth.mirror(member.id).damaged = true;
    member.excused = true;
    const by = Number(particulars.sectors) * 512;
    member.sim.disk.misdirect(particulars.back === true ? -by : by);
    return nothing;
  },
};
