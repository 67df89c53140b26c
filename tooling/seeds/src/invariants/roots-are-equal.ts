import type { PartName } from '@smalti/core';
import type { WatchMaker } from '../observe/watch.ts';

/**
 * Every replica's checkpoint of an index is the same, byte for byte, but for those whose state a fault has changed, or
 * has what others skip: on those nobody agrees.
 */
export const rootsAreEqual: WatchMaker = (truth) => {
  const name = 'checkpoints of an index are the same';
  const roots = new Map<number, { readonly root: PartName; readonly node: string }>();
  return {
    name,
    kept: (node, { anchor, root, agreed }) => {
      if (truth.checkpoints.odd.has(root)) {
        if (agreed)
          truth.violate(name, `${node} has the root of a changed state as the agreed one at ${anchor.index}`);
        return;
      }
      const doubtful = truth.checkpoints.doubtful.get(root);
      if (doubtful !== undefined) {
        if (!agreed) return;
        if (truth.skips.isSkipped(doubtful))
          truth.violate(name, `${node} has an agreed checkpoint at ${anchor.index} with what is skipped`);
      }
      const known = roots.get(anchor.index);
      if (known === undefined) roots.set(anchor.index, { root, node });
      else if (known.root !== root)
        truth.violate(name, `${node} has ${root} at ${anchor.index}, and ${known.node} ${known.root}`);
    },
  };
};
