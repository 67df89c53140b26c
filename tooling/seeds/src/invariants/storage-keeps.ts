import type { HardState } from '@smalti/core';
import type { WatchMaker } from '../observe/watch.ts';

/** What a store has said to be durable is there when it is opened again, and term and vote never go back. */
export const storageKeeps: WatchMaker = (truth) => {
  const name = 'what is on disk stays';
  return {
    name,
    opening: (node, { base, last, terms, hard }) => {
      const { durableTerms, durableHard, damaged } = truth.mirror(node);
      if (damaged) return;
      const older = hard.term < durableHard.term;
      const other =
        hard.term === durableHard.term && durableHard.vote !== null && hard.vote !== durableHard.vote;
      if (older || other) {
        const had = `term ${durableHard.term} and a vote for ${durableHard.vote}`;
        truth.violate(
          name,
          `${node} comes back with term ${hard.term} and a vote for ${hard.vote}, and had ${had}`,
        );
      }
      const termAt = (index: number): number => {
        if (index < base.index) return truth.committed[index] ?? 0;
        return terms.findLast(({ first }) => first <= index)?.term ?? base.term;
      };
      const end = durableTerms.length - 1;
      // Equal ends are equal logs; a log may be longer by what was under way.
      if (last < end || termAt(end) !== durableTerms[end]) {
        const what = `entries up to ${end} of term ${durableTerms[end]}, and comes back with ${last}, of term ${termAt(end)} there`;
        if (!overwritten(node)) truth.violate(name, `${node} had on disk ${what}`);
      }
    },
    wrote: (node, { hardState }) => {
      if (hardState !== undefined) judge(node, hardState);
    },
    reset: (node) => judge(node, truth.mirror(node).hard),
  };
  function judge(node: string, hardState: HardState): void {
    const { durableHard } = truth.mirror(node);
    if (hardState.term < durableHard.term)
      truth.violate(name, `${node} writes term ${hardState.term} over ${durableHard.term}`);
    const { term, vote } = durableHard;
    if (hardState.term === term && vote !== null && hardState.vote !== vote)
      truth.violate(
        name,
        `${node} writes a vote for ${hardState.vote} over one for ${vote}, in term ${term}`,
      );
  }
  /** A write that was under way when the process ended may have cut the log. */
  function overwritten(node: string): boolean {
    const { terms, durableTerms } = truth.mirror(node);
    return durableTerms.some((term, index) => terms[index] !== term);
  }
};
