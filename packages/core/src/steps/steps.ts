import { SmaltiError } from '../errors/smalti-error.ts';
import type { Clock, Scheduler } from '../ports/clock.ts';
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

/** How much of long work is done in one turn of the event loop. */
export interface StintBounds {
  /** Milliseconds, by the clock: whatever the work is, and however slow the machine. */
  readonly ms: number;
  /** The same in units of the work, whatever they are: for clocks that stand still meanwhile. */
  readonly most: number;
}

/** The work of one turn of the event loop: says when it is time to let others have theirs. */
export class Stint {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #scheduler: Scheduler;
  readonly #bounds: StintBounds;
  #end: number;
  #left: number;

  /** It begins now. */
  constructor(clock: Pick<Clock, 'now'>, scheduler: Scheduler, bounds: StintBounds) {
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#bounds = bounds;
    this.#end = clock.now() + bounds.ms;
    this.#left = bounds.most;
  }

  /** A new one begins now. Called after the work has waited for something else. */
  begin(): void {
    this.#end = this.#clock.now() + this.#bounds.ms;
    this.#left = this.#bounds.most;
  }

  /** So many units of work were done: true if it is time for {@link rest}. */
  did(units: number): boolean {
    this.#left -= units;
    return this.#left <= 0 || this.#clock.now() >= this.#end;
  }

  /** Gives the event loop a turn; a new stint begins after it. */
  *rest(): Steps<void> {
    yield* nextTurn(this.#scheduler);
    this.begin();
  }
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
