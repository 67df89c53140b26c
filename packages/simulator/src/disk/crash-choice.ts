import { invariant } from '@smalti/core';
import type { SimRandom } from '../chance/sim-random.ts';

/** One thing that a loss of power decides. */
export interface CrashItem {
  /**
   * `pending`: an operation that was under way (0 never began, 1 reached the cache). `length`: which of a file's
   * lengths. `sector`: which of a sector's contents. `name`: a change of a name (0 lost, 1 kept). `tear`: where a
   * sector is torn (0: it is not).
   */
  readonly kind: 'pending' | 'length' | 'sector' | 'name' | 'tear';
  readonly path: string;
  /** Where in the file, for `sector` and `tear`. */
  readonly offset?: number;
}

/**
 * Says what of the unsynced state survives a loss of power. For each item there are `options` outcomes, 0 the oldest
 * (what the last sync left) and `options - 1` the newest.
 */
export type CrashChoice = (
  | { /** Each item by chance, independently. */ readonly random: SimRandom }
  | { /** Everything unsynced survives, or nothing of it. */ readonly keep: 'everything' | 'nothing' }
  | { readonly choose: (item: CrashItem, options: number) => number }
) & {
  /** Also tear sectors: the beginning of one content with the end of the one before. Default false: sectors are atomic. */
  readonly tornSectors?: boolean;
};

/** Decides one item: a number from 0 to `options - 1`. */
export type Chooser = (item: CrashItem, options: number) => number;

/** The function behind a choice. */
export function chooser(choice: CrashChoice): Chooser {
  const decide: Chooser =
    'random' in choice
      ? (_item, options) => choice.random.below(options)
      : 'keep' in choice
        ? (_item, options) => (choice.keep === 'everything' ? options - 1 : 0)
        : choice.choose;
  return (item, options) => {
    if (item.kind === 'tear' && choice.tornSectors !== true) return 0;
    const outcome = decide(item, options);
    invariant(
      Number.isInteger(outcome) && outcome >= 0 && outcome < options,
      `a choice of ${outcome} of ${options}`,
    );
    return outcome;
  };
}
