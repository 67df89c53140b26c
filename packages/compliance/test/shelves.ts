import type { StateMachineAbility, StateMachineFactory } from '../src/index.ts';
import { type Bugs, type ShelfCommand, ShelfMachine } from './shelf-machine.ts';

const NAMES = ['a', 'b', 'aa', 'é', ''];
export const ABILITIES: readonly StateMachineAbility[] = ['rejects', 'batches', 'snapshot'];

/** Makes shelves, with planted bugs or without. */
export function shelves(
  bugs: Bugs = {},
  abilities = ABILITIES,
): StateMachineFactory<ShelfCommand, string, string> {
  return {
    abilities,
    create: () => new ShelfMachine(bugs),
    command: (random) =>
      random.chance(0.7)
        ? { op: 'put', shelf: random.pick(NAMES), bytes: random.bytes(random.below(9)) }
        : { op: 'take', shelf: random.pick(NAMES), bytes: new Uint8Array(0) },
    query: (random) => random.pick(NAMES),
  };
}
