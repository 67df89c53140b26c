import type { WatchMaker } from '../observe/watch.ts';

/** An answer that may be so old sees all that was acknowledged anywhere longer ago than that. */
export const agesAreHonest: WatchMaker = (truth) => {
  const name = 'an answer is no older than it says';
  /** The highest index that was acknowledged up to a time: both rise. */
  const acknowledged: { readonly time: number; readonly index: number }[] = [];
  return {
    name,
    acknowledged: (_node, { at }) => {
      const { now: time } = truth;
      if (at.index > (acknowledged.at(-1)?.index ?? 0)) acknowledged.push({ time, index: at.index });
    },
    weakly: (node, key, _value, index, ageMs) => {
      const since = truth.now - ageMs;
      const due = acknowledged.findLast(({ time }) => time < since);
      if (due === undefined || due.index <= index) return;
      const what = `what ${node} says of ${key} is at most ${ageMs} ms old, and of ${index}`;
      truth.violate(name, `${what}; ${due.index} was acknowledged at ${due.time}`);
    },
  };
};
