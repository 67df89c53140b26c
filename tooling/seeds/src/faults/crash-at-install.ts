import { INSTALL_STEPS, type InstallStep } from '../world/traps.ts';
import { type Fault, nothing } from './fault.ts';

/** Whoever installs a checkpoint next ends right before, or right after, one of its steps. */
export const crashAtInstall: Fault = {
  name: 'crash at an install',
  weight: 1.5,
  draw: (random) => ({
    step: random.pick(INSTALL_STEPS),
    ending: random.pick(['power loss', 'kill']),
    downMs: Math.round(random.between(20, 2_000)),
  }),
  strike: (world, { step, ending, downMs }) => {
    world.traps.atInstall(step as InstallStep, ending as 'kill', (member) => {
      world.sim.schedule(Number(downMs), 'restart', () => {
        if (!member.heldDown) world.boot(member);
      });
    });
    return nothing;
  },
};
