import { drawTarget, type Fault, nothing, targetOf } from './fault.ts';

/** A bit of a checkpoint turns over, under a running node: whoever reads that part has to notice. */
export const rottenPart: Fault = {
  name: 'rotten part',
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    where: random.next(),
    bit: random.below(8),
    restarts: random.chance(0.5),
  }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    if (member.lost || member.heldDown) return null;
    const { disk } = member.sim;
    const paths = disk.paths().filter((path) => path.includes('/pack-'));
    const where = Number(particulars.where);
    const path = paths[Math.floor(where * paths.length)];
    if (path === undefined || !world.budget.rot(member.id)) return null;
    // What a pack is allocated for and does not have yet is zeros.
    const length = disk.contents(path).findLastIndex((byte) => byte !== 0) + 1;
    if (length === 0) return null;
    disk.corrupt(path, Math.floor(((where * 7919) % 1) * length), 1 << Number(particulars.bit));
    if (particulars.restarts === true && member.sim.running) {
      world.kill(member);
      world.boot(member);
    }
    return nothing;
  },
};
