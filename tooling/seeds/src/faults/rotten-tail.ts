import type { SimDisk } from '@smalti/simulator';
import type { Member } from '../world/member.ts';
import type { World } from '../world/world.ts';
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
    const { back, byte, bit } = particulars;
    rotTail(world, member, Number(back), Number(byte), Number(bit));
    world.boot(member);
    return nothing;
  },
};

/** Turns a bit over, in the last sector of a log or one shortly before it. Nothing runs on that node. */
export function rotTail(world: World, { id, sim }: Member, back: number, byte: number, bit: number): void {
  world.truth.mirror(id).damaged = true;
  const place = endOf(sim.disk);
  if (place === null) return;
  const sector = Math.max(0, place.sector - back);
  sim.disk.corrupt(place.path, sector * SECTOR + byte, 1 << bit);
}

/** The last sector of the log that was ever written. */
function endOf(disk: SimDisk): { readonly path: string; readonly sector: number } | null {
  for (const path of disk.paths().toReversed()) {
    if (!path.endsWith('.log')) continue;
    const last = disk.contents(path).findLastIndex((byte) => byte !== 0);
    if (last >= 0) return { path, sector: Math.floor(last / SECTOR) };
  }
  return null;
}
