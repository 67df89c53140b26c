import type { WatchMaker } from '../observe/watch.ts';

/** One command at each index, by one version of the machine, with one result, on all nodes; and each command once. */
export const appliedAlike: WatchMaker = (truth) => {
  const results = new Map<number, string>();
  const places = new Map<number, number>();
  return {
    name: 'every replica applies the same',
    applied: (node, { index, term, version }, command, result) => {
      const text = `${term} ${command.id} ${result.before} ${result.value}, by version ${version}`;
      const before = results.get(index);
      if (before === undefined) results.set(index, text);
      else if (before !== text) {
        truth.violate(
          'every replica applies the same',
          `${node} applied "${text}" at ${index}, and others "${before}"`,
        );
      }
      const place = places.get(command.id);
      places.set(command.id, index);
      if (place !== undefined && place !== index) {
        truth.violate(
          'every replica applies the same',
          `command ${command.id} has effect at ${place} and at ${index}`,
        );
      }
    },
  };
};
