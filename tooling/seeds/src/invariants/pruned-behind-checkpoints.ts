import { sameCursor } from '@smalti/core';
import type { WatchMaker } from '../observe/watch.ts';

/**
 * No log begins after more than its node's newest checkpoint that is whole on its disk and agreed: neither when it is
 * pruned, nor when it is made to begin at one, nor when a checkpoint is forgotten, nor after a crash at any moment.
 */
export const prunedBehindCheckpoints: WatchMaker = (truth) => {
  const name = 'nothing is pruned that no checkpoint holds';
  const { checkpoints } = truth;
  const judge = (node: string, base: number, what: string): void => {
    const newest = checkpoints.newestAgreed(node)?.anchor.index ?? 0;
    if (base > newest)
      truth.violate(name, `${node} ${what}, and its newest agreed checkpoint is at ${newest}`);
  };
  return {
    name,
    pruning: (node, through) => judge(node, through, `prunes up to ${through}`),
    reset: (node, { to }) => {
      const held = checkpoints.of(node).some(({ anchor, agreed }) => agreed && sameCursor(anchor, to));
      if (!held)
        truth.violate(name, `${node} begins its log after ${to.index}, and has no agreed checkpoint of it`);
    },
    dropping: (node, dropped) => {
      const left = checkpoints
        .of(node)
        .filter(({ anchor, agreed }) => agreed && !sameCursor(anchor, dropped));
      const newest = left.at(-1)?.anchor.index ?? 0;
      const { base } = truth.mirror(node);
      if (base.index > newest)
        truth.violate(
          name,
          `${node} drops its checkpoint at ${dropped.index}, and its log begins after ${base.index}`,
        );
    },
    opening: (node, { base }) => {
      if (truth.mirror(node).damaged || checkpoints.rotten.has(node)) return;
      judge(node, base.index, `comes back with a log that begins after ${base.index}`);
    },
  };
};
