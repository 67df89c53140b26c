import { checkLinearizability, kvModel } from '@smalti/simulator';
import type { KvOperation } from '../load/client-record.ts';

/** What the history of all operations, final reads at every node included, says. */
export interface Judgement {
  /** What is wrong, in words. Empty if every answer was right, and that is certain. */
  readonly faults: readonly string[];
  readonly operations: number;
  readonly keys: number;
  /** What it took to be sure. */
  readonly steps: number;
}

/** Linearizability by key. A history that cannot be decided within the budget is a fault: it proves nothing. */
export function judge(history: readonly KvOperation[], budget = 5_000_000): Judgement {
  const keys = new Set(history.flatMap(({ input }) => kvModel.keysOf?.(input) ?? []));
  const verdict = checkLinearizability(kvModel, history, { budget });
  const faults = [...lostAppends(history)];
  if (verdict.outcome === 'violation') {
    faults.push(`not linearizable, keys ${verdict.keys.join(', ')}:\n${verdict.lines.join('\n')}`);
  } else if (verdict.outcome === 'unknown') {
    faults.push(`not decided within ${budget} steps, keys ${verdict.keys.join(', ')}: this proves nothing`);
  }
  return { faults, operations: history.length, keys: keys.size, steps: verdict.steps };
}

/**
 * Of a list that was never removed, everything that was acknowledged is in whatever is read later. The check above
 * finds that too; this one is so simple that it cannot be wrong in the same way, and it says what was lost.
 */
export function lostAppends(history: readonly KvOperation[]): string[] {
  const removed = new Set(history.flatMap(({ input }) => (input.op === 'delete' ? [input.key] : [])));
  const lists = new Map<string, { value: string; at: number }[]>();
  for (const { input, return: at } of history) {
    if (input.op !== 'append' || at === undefined || removed.has(input.key)) continue;
    const list = lists.get(input.key);
    if (list === undefined) lists.set(input.key, [{ value: input.value, at }]);
    else list.push({ value: input.value, at });
  }
  return history.flatMap(({ client, input, output, call }) => {
    if (input.op !== 'get' || output === undefined) return [];
    const seen = new Set(String(output ?? '').split(/(?<=,)/));
    return (lists.get(input.key) ?? [])
      .filter(({ value, at }) => at < call && !seen.has(value))
      .map(({ value }) => `${client} read ${input.key} without ${value} which was acknowledged before`);
  });
}
