import type { WatchMaker } from '../observe/watch.ts';

/** An entry is deleted only when another term was shown at its index: the write that cuts it has that entry. */
export const cutOnProof: WatchMaker = (truth) => {
  const name = 'entries are cut on proof only';
  return {
    name,
    wrote: (node, { truncateFrom, entries = [] }, _before, cutTerm) => {
      if (truncateFrom === undefined || cutTerm === undefined) return;
      const [shown] = entries;
      if (shown?.index === truncateFrom && shown.term !== cutTerm) return;
      const proof = shown === undefined ? 'nothing' : `entry ${shown.index} of term ${shown.term}`;
      truth.violate(name, `${node} cuts entry ${truncateFrom} of term ${cutTerm}, and was shown ${proof}`);
    },
  };
};
