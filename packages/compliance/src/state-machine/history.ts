import { type ApplyContext, type Index, type Term, toGroupId, toNetworkId } from '@smalti/core';
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

/** A log that the factory's commands make, drawn by chance. Group time never goes back, and often stands still. */
export function historyOf<C, Q, R>(
  factory: StateMachineFactory<C, Q, R>,
  seed: number,
  length: number,
): Step[] {
  const random = new SimRandom(`history ${seed}`);
  const { commands } = factory.create();
  let time = 1_700_000_000_000;
  let term = 1;
  return Array.from({ length }, (_, i) => {
    if (random.chance(0.6)) time += random.below(300);
    if (random.chance(0.02)) term += 1;
    const at = { index: (i + 1) as Index, term: term as Term };
    const context = { at, time, group: GROUP, network: NETWORK };
    const tick = factory.abilities.includes('time') && random.chance(TICKS);
    // A copy: what is encoded may lie in memory that the codec uses again.
    return { command: tick ? null : Uint8Array.from(commands.encode(factory.command(random))), context };
  });
}
