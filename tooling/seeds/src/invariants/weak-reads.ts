import type { WatchMaker } from '../observe/watch.ts';

/** A weak read gives the state after the entry that it names. */
export const weakReads: WatchMaker = (truth) => {
  const name = 'a weak read is of its position';
  const histories = new Map<string, { readonly index: number; readonly value: string | null }[]>();
  return {
    name,
    applied: (_node, { index }, { key, more }, { value }) => {
      const history = histories.get(key) ?? [];
      histories.set(key, history);
      // A run takes effect with its last entry, and what it last says of a key is what counts.
      const newest = history.at(-1)?.index ?? 0;
      if (index + more === newest) history.pop();
      if (index + more >= newest) history.push({ index: index + more, value });
    },
    weakly: (node, key, value, index) => {
      const right = histories.get(key)?.findLast((each) => each.index <= index)?.value ?? null;
      if (value !== right)
        truth.violate(name, `${node} says that ${key} is ${value} at ${index}, and it is ${right} there`);
    },
  };
};
