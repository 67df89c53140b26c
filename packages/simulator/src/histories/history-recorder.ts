import { type Clock, invariant } from '@smalti/core';
import type { Operation } from './operation.ts';

/** An operation that a client began. It is settled once, by one of the three methods, or stays open. */
export interface OperationHandle<Output> {
  /** The answer came. */
  ok(output: Output): void;
  /** It is certain that the operation was not applied and never will be: the history forgets it. */
  failed(): void;
  /** Nobody knows, as after a timeout: it may take effect at any later time, or never. */
  unknown(): void;
}

interface Recorded<Input, Output> {
  readonly client: string | number;
  readonly input: Input;
  readonly call: number;
  settled?: 'ok' | 'failed' | 'unknown';
  output?: Output;
  return?: number;
}

/**
 * Records what clients did, for a checker. All clients of a history share one recorder: what it is told first
 * happened first, so operations that follow each other in one moment of the clock are still recorded as one after
 * the other.
 */
export class HistoryRecorder<Input, Output> {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #operations: Recorded<Input, Output>[] = [];
  #last = Number.NEGATIVE_INFINITY;

  /** Times are those of the clock, plus next to nothing where it gives one twice. */
  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /** Call it just before the request is sent. */
  begin(client: string | number, input: Input): OperationHandle<Output> {
    const operation: Recorded<Input, Output> = { client, input, call: this.#tick() };
    this.#operations.push(operation);
    const settle = (how: 'ok' | 'failed' | 'unknown'): void => {
      invariant(
        operation.settled === undefined,
        `an operation of client ${client} was ${operation.settled} before it was ${how}`,
      );
      operation.settled = how;
    };
    return {
      ok: (output) => {
        settle('ok');
        operation.output = output;
        operation.return = this.#tick();
      },
      failed: () => settle('failed'),
      unknown: () => settle('unknown'),
    };
  }

  /** The operations so far, in the order of their calls. Those that are not settled are open. */
  history(): Operation<Input, Output>[] {
    return this.#operations
      .filter(({ settled }) => settled !== 'failed')
      .map(({ settled, output, return: returned, ...asked }) =>
        settled === 'ok' ? { ...asked, output, return: returned } : asked,
      );
  }

  #tick(): number {
    const now = this.#clock.now();
    // The second term is more than half of the distance to the next number, so that the sum is greater.
    const after = this.#last + Math.max(2 ** -30, Math.abs(this.#last) * 2 ** -52);
    this.#last = now > this.#last ? now : after;
    return this.#last;
  }
}
