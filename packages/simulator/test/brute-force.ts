import { isOpen, type Operation, returnOf } from '../src/histories/operation.ts';
import type { SequentialModel } from '../src/index.ts';

/** Tries every order of a small history, with and without each open operation. Slow, and obviously right. */
export function hasOrder<State extends NonNullable<unknown>, Input, Output>(
  model: SequentialModel<State, Input, Output>,
  history: readonly Operation<Input, Output>[],
): boolean {
  const from = (state: State, left: readonly Operation<Input, Output>[]): boolean => {
    if (left.every(isOpen)) return true;
    return left.some((next) => {
      if (left.some((other) => returnOf(other) < next.call)) return false;
      const after = model.step(state, next.input, next.output);
      return (
        after !== null &&
        from(
          after,
          left.filter((other) => other !== next),
        )
      );
    });
  };
  return from(model.initial, history);
}
