import { type ApplyContext, type Index, type Term, toGroupId, toNetworkId, versionsOf } from '@smalti/core';
import { SimRandom } from '@smalti/simulator';
import type { StateMachineFactory } from './factory.ts';

/** One entry of a log: a command as it was encoded, or a tick. */
export interface Step {
  readonly command: Uint8Array | null;
  readonly context: ApplyContext;
}

const GROUP = toGroupId('5a'.repeat(32));
const NETWORK = toNetworkId('compliance');
/** Of every ten steps one is a tick, where the machine knows of time. */
const TICKS = 0.1;

/** How often a newer version comes into force before a step, where there is one. */
const RAISES = 0.02;

/** A log that the factory's commands make, drawn by chance. Group time never goes back, and often stands still; newer
 * versions of the machine come into force, if it knows more than one. */
export function historyOf<C, Q, R>(
  factory: StateMachineFactory<C, Q, R>,
  seed: number,
  length: number,
): Step[] {
  const random = new SimRandom(`history ${seed}`);
  const machine = factory.create();
  const { commands } = machine;
  const { oldest, newest } = versionsOf(machine);
  // Drawn by a chance of its own: a machine of one version has the history that it always had.
  const raises = new SimRandom(`versions ${seed}`);
  let version = oldest;
  let time = 1_700_000_000_000;
  let term = 1;
  return Array.from({ length }, (_, i) => {
    if (random.chance(0.6)) time += random.below(300);
    if (random.chance(0.02)) term += 1;
    if (version < newest && raises.chance(RAISES)) version += 1 + raises.below(newest - version);
    const at = { index: (i + 1) as Index, term: term as Term };
    const context = { at, time, group: GROUP, network: NETWORK, version };
    const tick = factory.abilities.includes('time') && random.chance(TICKS);
    // A copy: what is encoded may lie in memory that the codec uses again.
    return { command: tick ? null : Uint8Array.from(commands.encode(factory.command(random))), context };
  });
}
