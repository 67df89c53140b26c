import { isOpen, type Operation } from './operation.ts';
import type { Progress } from './order-search.ts';
import type { SequentialModel } from './sequential-model.ts';

/** How many of the operations before the one that has no place are shown. */
const SHOWN = 12;

/** Says in lines how far an order goes, and what has no place in it. */
export function explain<State extends NonNullable<unknown>, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  keys: readonly string[],
  { placed, state, stuck, pending }: Progress<State, Input, Output>,
): string[] {
  const show = (operation: Operation<Input, Output>): string => `  ${describeOperation(model, operation)}`;
  const shown = placed.slice(-SHOWN);
  const hidden = placed.length - shown.length;
  const of = keys.length === 0 ? '' : ` for ${keys.length === 1 ? 'key' : 'keys'} ${keys.join(', ')}`;
  const earlier = hidden === 0 ? '' : `, after ${hidden} that are not shown`;
  return [
    `not linearizable${of}: no order reaches farther than this one${earlier}:`,
    ...shown.map(show),
    `which leads to the state ${model.stateKey(state)}, and leaves no place for`,
    show(stuck),
    ...(pending.length === 0 ? [] : ['nor does it help to place any of']),
    ...pending.map(show),
  ];
}

function describeOperation<Input, Output>(
  model: { describe?(input: Input, output: Output | undefined): string },
  operation: Operation<Input, Output>,
): string {
  const { client, input, output, call } = operation;
  const what =
    model.describe?.(input, output) ??
    `${JSON.stringify(input)}${output === undefined ? '' : ` -> ${JSON.stringify(output)}`}`;
  const end = isOpen(operation) ? 'open' : showTime(operation.return as number);
  return `[${showTime(call)}, ${end}] client ${client}: ${what}`;
}

/** Thousandths are enough for people. */
function showTime(time: number): string {
  return String(Number(time.toFixed(3)));
}
