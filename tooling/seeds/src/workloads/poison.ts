import type { Workload } from './workload.ts';

/** The share of poison that is sent while machines have failed: it is met when what came before it is dealt with. */
const MORE = 0.1;

/** A command at which programs fail, sometimes as the first of several that are applied together, or before a marker. */
export const poison: Workload = {
  name: 'poison',
  onlyIf: ({ poison }) => poison !== undefined,
  everyMs: [1_000, 6_000],
  act: (clients) => {
    const { world, random } = clients;
    if (!clients.poisons) return;
    const failing = world.members.some(({ live }) => (live?.status().machineFailure ?? null) !== null);
    if (failing && !random.chance(MORE)) return;
    const { leader } = world;
    const member = leader?.live && random.chance(0.7) ? leader : clients.node();
    if (random.chance(0.7)) clients.write(undefined, 'poison', member);
    else clients.writeMany(3, member, 'poison');
    if (random.chance(0.8)) member?.live?.checkpoints.take().catch(() => {});
  },
};
