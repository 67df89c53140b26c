import { invariant } from '@smalti/core';

/**
 * One operation of a client, as the client saw it.
 *
 * An operation that never returned is *open*: nobody knows its outcome, so it may have taken effect at any moment
 * after its call, may still do so after everything else, or never does. One that certainly did nothing does not
 * belong in a history.
 */
export interface Operation<Input, Output> {
  /** Who asked; for people who read the history, the checker does not use it. */
  readonly client: string | number;
  readonly input: Input;
  /** What came back. Absent if that is not known; an open operation has none. */
  readonly output?: Output | undefined;
  /** When the client asked: a finite time, in any unit that all times of the history share. */
  readonly call: number;
  /** When the client had the answer, not before `call`. Absent or infinite for an open operation. */
  readonly return?: number | undefined;
}

/** The moment from which the operation is over: `Infinity` for an open one. */
export function returnOf(operation: Operation<unknown, unknown>): number {
  return operation.return ?? Number.POSITIVE_INFINITY;
}

/** Whether the operation never returned. */
export function isOpen(operation: Operation<unknown, unknown>): boolean {
  return returnOf(operation) === Number.POSITIVE_INFINITY;
}

/**
 * Sees that the times and the output of an operation make sense together.
 *
 * @throws InvariantError if they do not: whoever recorded the history has a bug.
 */
export function checkOperation(operation: Operation<unknown, unknown>): void {
  const { client, call, output } = operation;
  invariant(Number.isFinite(call), `an operation of client ${client} was called at ${call}`);
  invariant(
    returnOf(operation) >= call,
    `an operation of client ${client} called at ${call} returned at ${operation.return}`,
  );
  invariant(
    output === undefined || !isOpen(operation),
    `an operation of client ${client} called at ${call} has an output and never returned`,
  );
}
