import { DisjointSets } from './disjoint-sets.ts';
import type { Operation } from './operation.ts';
import type { SequentialModel } from './sequential-model.ts';

/** Operations that must be checked together. */
export interface HistoryPart<Input, Output> {
  /** The keys that they touch, sorted. Empty if the model knows no keys. */
  readonly keys: readonly string[];
  /** In the order of the history. */
  readonly operations: readonly Operation<Input, Output>[];
}

/**
 * Cuts a history into parts that have no key in common: linearizability is local, so the whole is linearizable if
 * each part is. Keys that one operation touches together are in one part.
 */
export function partitionHistory<State extends NonNullable<unknown>, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): HistoryPart<Input, Output>[] {
  const touched = operations.map(({ input }) => model.keysOf?.(input));
  const keys = [...new Set(touched.flatMap((some) => some ?? []))].sort();
  if (touched.includes(undefined)) return [{ keys, operations }];

  const numberOf = new Map(keys.map((key, i) => [key, i]));
  const sets = new DisjointSets(keys.length);
  const numbers = touched.map((some) => (some ?? []).map((key) => numberOf.get(key) as number));
  for (const [first, ...others] of numbers) {
    for (const other of others) sets.merge(first as number, other);
  }

  // What touches no key is a part of its own, under a number that no key has.
  const noKey = -1;
  const members = new Map<number, Operation<Input, Output>[]>();
  operations.forEach((operation, i) => {
    const first = numbers[i]?.[0];
    const root = first === undefined ? noKey : sets.find(first);
    const list = members.get(root);
    if (list === undefined) members.set(root, [operation]);
    else list.push(operation);
  });
  return [...members].map(([root, list]) => ({
    keys: keys.filter((_, i) => sets.find(i) === root),
    operations: list,
  }));
}
