import type { WatchMaker } from '../observe/watch.ts';

/**
 * An OK is the client's own command, committed and on disk at a majority at that moment; what was said not to be applied
 * never is.
 */
export const answersAreHonest: WatchMaker = (truth) => {
  const name = 'answers are honest';
  const refused = new Set<number>();
  const applied = new Map<number, { readonly index: number; readonly result: string }>();
  return {
    name,
    applied: (node, { index }, command, result) => {
      applied.set(command.id, { index, result: `${result.before} ${result.value}` });
      if (refused.has(command.id))
        truth.violate(name, `${node} applied command ${command.id}, which was said not to be`);
    },
    refused: (node, { id }) => {
      refused.add(id);
      if (applied.has(id)) truth.violate(name, `${node} says that command ${id} was not applied, and it was`);
    },
    acknowledged: (node, { command, result, at }) => {
      const own = applied.get(command.id);
      if (own?.index !== at.index || own.result !== `${result.before} ${result.value}`) {
        truth.violate(name, `${node} answered command ${command.id} with what is not its own at ${at.index}`);
      }
      if (!truth.mayBeCommitted(at.index, at.term)) {
        truth.violate(name, `${node} acknowledged entry ${at.index}, and no majority has it on disk`);
      }
    },
  };
};
