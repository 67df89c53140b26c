import { drawTarget, type Fault, nothing, targetOf } from './fault.ts';

/** A bit of what was synced turns over, while the node is down: it has to notice, and to stay away. */
export const bitRot: Fault = {
  name: 'bit rot',
  weight: 0.5,
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    where: random.next(),
    bit: random.below(8),
  }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    if (member.lost || member.heldDown || !world.budget.spend(member.id)) return null;
    if (member.sim.running) world.powerLoss(member);
    world.truth.mirror(member.id).damaged = true;
    const { disk } = member.sim;
    const paths = disk.paths().filter((path) => path.endsWith('.log'));
    const path = paths[Math.floor(Number(particulars.where) * paths.length)];
    if (path === undefined) return null;
    const offset = Math.floor(((Number(particulars.where) * 7919) % 1) * disk.contents(path).length);
    disk.corrupt(path, offset, 1 << Number(particulars.bit));
    world.boot(member);
    return nothing;
  },
};
