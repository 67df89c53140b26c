import { explain } from './explain.ts';
import { checkOperation, isOpen, type Operation } from './operation.ts';
import { OrderSearch } from './order-search.ts';
import { type HistoryPart, partitionHistory } from './partition.ts';
import type { SequentialModel } from './sequential-model.ts';

/** A part of a history for which there is no order, and how far one goes. */
export interface Violation<Input, Output> {
  readonly outcome: 'violation';
  /** The keys of the part, sorted; empty if the model knows none. Other parts may be wrong as well. */
  readonly keys: readonly string[];
  /** The order that reaches farthest: it places all that returned before {@link stuck} did, and maybe more. */
  readonly placed: readonly Operation<Input, Output>[];
  /** The operation for which every order that reaches this far has no place. What returned later does not matter. */
  readonly stuck: Operation<Input, Output>;
  /** What might also have taken effect before `stuck` returned, and has no place in `placed`. */
  readonly pending: readonly Operation<Input, Output>[];
  /** All of this as lines for people. */
  readonly lines: readonly string[];
  readonly steps: number;
}

/** What a checker says of a history. `steps` is what it took, the same in every run. */
export type LinearizabilityVerdict<Input, Output> =
  | { readonly outcome: 'linearizable'; readonly steps: number }
  | Violation<Input, Output>
  /** The budget was used up for the part of these keys, and nothing wrong was found elsewhere. */
  | { readonly outcome: 'unknown'; readonly keys: readonly string[]; readonly steps: number };

/** How a history is checked. */
export interface LinearizabilityOptions {
  /** How many steps the search may take for each part of the history, 1,000,000 by default: seconds at most. */
  readonly budget?: number;
}

const DEFAULT_BUDGET = 1_000_000;

/**
 * Whether each operation of a history may have taken effect at one moment between its call and its return, all of
 * them in an order that the model allows. Operations that touch in time, the call of one being the return of the
 * other, are concurrent. The order of the list does not matter.
 *
 * @throws InvariantError if an operation returned before it was called, or has an output and never returned.
 */
export function checkLinearizability<State extends NonNullable<unknown>, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
  options: LinearizabilityOptions = {},
): LinearizabilityVerdict<Input, Output> {
  for (const operation of history) checkOperation(operation);
  // Whether an open operation that changes nothing took effect, nobody can tell.
  const telling = history.filter(
    (operation) => !isOpen(operation) || model.readOnly?.(operation.input, undefined) !== true,
  );
  let steps = 0;
  let unfinished: HistoryPart<Input, Output> | undefined;
  for (const part of partitionHistory(model, telling)) {
    const result = new OrderSearch(model, part.operations, options.budget ?? DEFAULT_BUDGET).run();
    steps += result.steps;
    if (result.found === 'no order') {
      const { placed, stuck, pending } = result.progress;
      const lines = explain(model, part.keys, result.progress);
      return { outcome: 'violation', keys: part.keys, placed, stuck, pending, lines, steps };
    }
    if (result.found === 'out of steps') unfinished ??= part;
  }
  if (unfinished !== undefined) return { outcome: 'unknown', keys: unfinished.keys, steps };
  return { outcome: 'linearizable', steps };
}
