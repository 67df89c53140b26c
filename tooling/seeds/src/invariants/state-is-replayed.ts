import type { WatchMaker } from '../observe/watch.ts';
import { NO_TRAIL, type Trail, trailAfter } from '../world/kv-snapshot.ts';

/**
 * Whichever way a node came by its state, by a restart, from peers or command by command: it is what replay of all
 * commands up to there gives, and the next command is the next one in the log.
 */
export const stateIsReplayed: WatchMaker = (truth) => {
  const name = 'a state is what replay gives';
  /** After each command that anybody has applied. */
  const trails: Trail[] = [NO_TRAIL];
  const histories = new Map<string, { readonly index: number; readonly value: string | null }[]>();
  /** How many commands are in the state of each process. */
  const counts = new Map<string, number>();
  const valueAt = (key: string, index: number): string | null =>
    histories.get(key)?.findLast((at) => at.index <= index)?.value ?? null;
  /** The last command up to there. */
  const lastAt = (index: number): number => trails.findLast((trail) => trail.last <= index)?.last ?? 0;
  return {
    name,
    applied: (node, { index }, { id, key }, { value }) => {
      const count = (counts.get(node) ?? 0) + 1;
      counts.set(node, count);
      const known = trails[count];
      if (known !== undefined && known.last !== index)
        truth.violate(name, `${node} applies ${index}, and ${known.last} comes next`);
      if (known !== undefined) return;
      trails.push(trailAfter(trails.at(-1) ?? NO_TRAIL, index, id));
      const history = histories.get(key) ?? [];
      histories.set(key, history);
      history.push({ index, value });
    },
    restored: (node, values, { last, sum }) => {
      const isAgreed = truth.checkpoints
        .of(node)
        .some(({ agreed, anchor }) => agreed && lastAt(anchor.index) === last);
      if (!isAgreed)
        truth.violate(name, `${node} begins after ${last}, and has no agreed checkpoint of that`);
      const count = trails.findLastIndex((trail) => trail.last <= last);
      counts.set(node, count);
      const trail = trails[count];
      if (trail?.last !== last || trail.sum !== sum) {
        truth.violate(name, `what ${node} begins from is no state after ${last}`);
        return;
      }
      const found = new Map(values);
      for (const key of new Set([...histories.keys(), ...found.keys()])) {
        const [is, was] = [found.get(key) ?? null, valueAt(key, last)];
        if (is !== was)
          truth.violate(name, `${node} begins after ${last} with ${is} at ${key}, and it was ${was}`);
      }
    },
    ended: (node) => {
      counts.delete(node);
    },
  };
};
