import type { World } from './world.ts';

/** Everything works again, and everybody comes back who can. */
export function heal(world: World): void {
  const { sim, settings, traps, disorder, members, ids, liars, latency } = world;
  const { network } = sim;
  network.heal();
  network.set({ delay: settings.delay, bytesPerMs: settings.bytesPerMs, loss: 0 });
  traps.clear();
  disorder.duplicates = 0;
  disorder.late = 0;
  for (const member of members) {
    const { disk, wall } = member.sim;
    disk.clearFaults();
    disk.releaseSyncs();
    disk.capacity = Number.POSITIVE_INFINITY;
    disk.latency = latency;
    wall.drift = 0;
    member.heldDown = false;
    const liar = liars.get(member.id);
    if (liar !== undefined) liar.lie = null;
    if (member.sim.process.paused) member.sim.resume();
    for (const other of ids) if (other !== member.id) network.setDirection(member.id, other, {});
    // A store whose disk failed is final: the device is mended, and whoever looks at the node does as it says.
    if (member.live?.status().trouble?.includes('start the node again')) world.kill(member);
    world.boot(member);
  }
}
