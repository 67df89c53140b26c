import { SmaltiError } from '../errors/smalti-error.ts';
import type { Scheduler } from '../ports/clock.ts';
import { DiskError } from '../ports/disk.ts';

/** Work that waits for callbacks: it yields what it waits for, and is resumed with what came. */
export type Steps<T> = Generator<Wait, T, unknown>;

/** Submits something; `resume` is called once, never within. */
export type Wait = (resume: (error: Error | null, value: unknown) => void) => void;

/**
 * Waits for one callback. Generators and not promises, because the simulator's disk completes within its own loop,
 * where promises would never be settled.
 */
export function* call<T>(submit: (done: (error: Error | null, value: T) => void) => void): Steps<T> {
  return (yield (resume) => submit(resume)) as T;
}

/** Gives the event loop a turn. Used between slices of long work. */
export function* nextTurn(scheduler: Scheduler): Steps<void> {
  yield (resume) => scheduler.nextTurn(() => resume(null, undefined));
}

/**
 * Runs steps until they end. `done` is called once: within this call if they never wait. An error that is neither
 * of the disk nor of Smalti is a bug, and is thrown to whoever resumed the steps.
 */
export function run<T>(
  steps: Steps<T>,
  done: (error: DiskError | SmaltiError | null, value?: T) => void,
): void {
  const advance = (error: Error | null, value: unknown): void => {
    let next: IteratorResult<Wait, T>;
    try {
      next = error === null ? steps.next(value) : steps.throw(error);
    } catch (thrown) {
      if (!(thrown instanceof DiskError || thrown instanceof SmaltiError)) throw thrown;
      done(thrown);
      return;
    }
    if (next.done === true) done(null, next.value);
    else next.value(advance);
  };
  advance(null, undefined);
}
