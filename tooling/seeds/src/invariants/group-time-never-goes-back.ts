import type { WatchMaker } from '../observe/watch.ts';

/** Each entry's stamp is at least that of the entry before it: whoever leads, and wherever its log begins. */
export const groupTimeNeverGoesBack: WatchMaker = (truth) => {
  const name = 'group time never goes back';
  /** By index and term, which name one entry. */
  const stamps = new Map<string, number>();
  return {
    name,
    wrote: (node, { entries = [] }) => {
      const { terms } = truth.mirror(node);
      for (const { index, term, stamp } of entries) {
        stamps.set(`${index} ${term}`, stamp);
        const before = stamps.get(`${index - 1} ${terms[index - 1]}`) ?? 0;
        if (stamp < before)
          truth.violate(name, `${node} writes entry ${index} of ${stamp} ms, after one of ${before} ms`);
      }
    },
  };
};
