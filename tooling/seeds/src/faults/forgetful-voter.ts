import type { World } from '../world/world.ts';
import { type Fault, nothing } from './fault.ts';
import { rotTail } from './rotten-tail.ts';

const LOOK_MS = 0.5;
const PATIENCE_MS = 1_500;

/**
 * Two nodes miss an entry that the others commit; one of those others forgets it, its disk having rotted, and is left
 * alone with the two. All three lack it, and they are a majority: its vote must not be enough.
 */
export const forgetfulVoter: Fault = {
  name: 'forgetful voter',
  weight: 0.7,
  draw: (random, nodes) => ({
    order: random.shuffle(nodes),
    forMs: Math.round(random.between(1_000, 4_000)),
  }),
  strike: (world, { order, forMs }) => {
    const { leader, truth, sim, voters } = world;
    const others = (order as readonly string[]).filter((id) => id !== leader?.id && voters.includes(id));
    const [voter = '', ...rest] = others;
    const behind = rest.slice(0, Math.floor(voters.length / 2));
    const isAble = voters.length > 2 && voters.every((id) => world.member(id).live !== null);
    if (leader === null || !isAble || !world.budget.spend(voter)) return null;
    sim.network.partition([behind]);
    const began = sim.now;
    const look = (): void => {
      const missed = Math.max(...behind.map((id) => truth.mirror(id).last));
      const holds = truth.mirror(voter).durableTerms.length - 1 > missed && truth.end > missed;
      if (holds) forget(world, voter, behind, Number(forMs));
      else if (sim.now - began < PATIENCE_MS) sim.schedule(LOOK_MS, 'look for a commit', look);
      else sim.network.partition([]);
    };
    look();
    return nothing;
  },
};

function forget(world: World, voter: string, behind: readonly string[], forMs: number): void {
  const member = world.member(voter);
  if (!member.sim.running || member.heldDown) return;
  world.powerLoss(member);
  rotTail(world, member, 0, 8, 1);
  world.boot(member);
  world.sim.network.partition([[voter, ...behind]]);
  world.sim.schedule(forMs, 'together again', () => world.sim.network.partition([]));
}
