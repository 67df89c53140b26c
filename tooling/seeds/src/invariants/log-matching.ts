import { checksumOf } from '../observe/truth.ts';
import type { WatchMaker } from '../observe/watch.ts';

/**
 * Raft figure 3, log matching: an index and a term name one entry, and one entry before it. Held for each entry as it
 * is written, that makes it hold for whole logs.
 */
export const logMatching: WatchMaker = (truth) => {
  const known = new Map<
    number,
    Map<number, { readonly checksum: number; readonly before: number; readonly node: string }>
  >();
  return {
    name: 'log matching',
    wrote: (node, { entries = [] }) => {
      const { terms } = truth.mirror(node);
      for (const entry of entries) {
        const { index, term } = entry;
        const checksum = checksumOf(entry);
        const before = terms[index - 1] ?? -1;
        const ofIndex = known.get(index) ?? new Map();
        known.set(index, ofIndex);
        const first = ofIndex.get(term);
        if (first === undefined) ofIndex.set(term, { checksum, before, node });
        else if (first.checksum !== checksum || first.before !== before) {
          const both = `after term ${first.before} at ${first.node} and after term ${before} at ${node}`;
          truth.violate('log matching', `entry ${index} of term ${term} is not one entry: ${both}`);
        }
      }
    },
  };
};
