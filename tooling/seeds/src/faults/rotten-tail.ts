import type { SimDisk } from '@smalti/simulator';
import { drawTarget, type Fault, nothing, targetOf } from './fault.ts';

const SECTOR = 512;

/**
 * A bit of what was synced last turns over while the node is down. It cannot be told from a write that a crash tore, so
 * the node goes on without it, and in doubt.
 */
export const rottenTail: Fault = {
  name: 'rotten tail',
  weight: 0.7,
  draw: (random, nodes) => ({
    target: drawTarget(random, nodes),
    back: random.below(2),
    byte: random.below(SECTOR),
    bit: random.below(8),
  }),
  strike: (world, particulars) => {
    const member = targetOf(world, particulars);
    if (member.lost || member.heldDown || !world.budget.spend(member.id)) return null;
    if (member.sim.running) world.powerLoss(member);
    world.truth.mirror(member.id).damaged = true;
    const place = endOf(member.sim.disk);
    if (place !== null) {
      const sector = Math.max(0, place.sector - Number(particulars.back));
      member.sim.disk.corrupt(
        place.path,
        sector * SECTOR + Number(particulars.byte),
        1 << Number(particulars.bit),
      );
    }
    world.boot(member);
    return nothing;
  },
};

/** The last sector of the log that was ever written. */
function endOf(disk: SimDisk): { readonly path: string; readonly sector: number } | null {
  for (const path of disk.paths().toReversed()) {
    if (!path.endsWith('.log')) continue;
    const last = disk.contents(path).findLastIndex((byte) => byte !== 0);
    if (last >= 0) return { path, sector: Math.floor(last / SECTOR) };
  }
  return null;
}
