import type { WatchMaker } from '../observe/watch.ts';

/** What a session fetches stays for as long as it was promised: the checkpoint, and the log after it. */
export const leasesHold: WatchMaker = (truth) => {
  const name = 'leases hold';
  return {
    name,
    pruning: (node, through) => {
      for (const { peer, at } of truth.leases.of(node, truth.now)) {
        if (at.index < through)
          truth.violate(name, `${node} prunes up to ${through}, and ${peer} needs what follows ${at.index}`);
      }
    },
    looked: (node, has) => {
      if (truth.checkpoints.rotten.has(node) || truth.mirror(node).damaged) return;
      for (const { peer, at, root } of truth.leases.of(node, truth.now)) {
        if (!has(root)) truth.violate(name, `${node} has nothing more of ${at.index}, which ${peer} fetches`);
      }
    },
  };
};
