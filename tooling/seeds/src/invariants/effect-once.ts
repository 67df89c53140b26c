import type { WatchMaker } from '../observe/watch.ts';

/** A session's commands have effect once: however often one was sent, it is applied at one place, on every node. */
export const effectOnce: WatchMaker = (truth) => {
  const name = 'commands count once';
  const places = new Map<number, number>();
  return {
    name,
    applied: (node, { index }, { id }) => {
      const known = places.get(id) ?? index;
      places.set(id, known);
      if (known !== index) truth.violate(name, `${node} applied command ${id} at ${index}, after ${known}`);
    },
  };
};
