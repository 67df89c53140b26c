import type { Clock, Timer } from '@smalti/core';
import type { CallOptions } from './api.ts';
import { callError } from './errors.ts';

/** What a stream is made of. */
export interface Source<T> {
  readonly clock: Clock;
  /** `timeoutMs` is how long each `next` waits. */
  readonly options: CallOptions;
  /**
   * Begins, at the first `next`. What is given is kept for a reader that is busy, as `keep` says.
   *
   * @returns how to stop.
   */
  readonly begin: (give: (value: T) => void, end: () => void) => () => void;
  /** Adds a value to those that wait to be read: bounds them. */
  readonly keep: (kept: T[], value: T) => void;
}

interface Waiter<T> {
  readonly resolve: (result: IteratorResult<T>) => void;
  readonly timer: Timer | null;
}

/**
 * What changes over time, for `for await`. It ends when the group does, or the signal is aborted. Unlike a generator it
 * can be returned while a `next` waits, which is done then.
 */
export class Stream<T> implements AsyncIterableIterator<T> {
  readonly #source: Source<T>;
  readonly #kept: T[] = [];
  #waiters: Waiter<T>[] = [];
  #stop: (() => void) | null = null;
  #over = false;

  constructor(source: Source<T>) {
    this.#source = source;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Rejects with `TIMEOUT` if nothing comes in time; what comes later can still be waited for. */
  next(): Promise<IteratorResult<T>> {
    this.#start();
    const [kept] = this.#kept.splice(0, 1).map((value) => ({ done: false, value }) as const);
    if (kept !== undefined) return Promise.resolve(kept);
    if (this.#over) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      const { clock, options } = this.#source;
      const { timeoutMs } = options;
      const expire = (): void => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        reject(callError('TIMEOUT', `nothing has come within ${timeoutMs} ms`, 'none'));
      };
      const timer = timeoutMs === undefined ? null : clock.setTimer(timeoutMs, expire);
      const waiter = { resolve, timer };
      this.#waiters.push(waiter);
    });
  }

  return(): Promise<IteratorResult<T>> {
    this.#kept.length = 0;
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  #start(): void {
    if (this.#stop !== null || this.#over) return;
    const { signal } = this.#source.options;
    if (signal?.aborted) {
      this.#over = true;
      return;
    }
    const onAbort = (): void => this.#end();
    let unlisten = (): void => {};
    this.#stop = () => {
      unlisten();
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort);
    unlisten = this.#source.begin(
      (value) => this.#give(value),
      () => this.#end(),
    );
  }

  #give(value: T): void {
    if (this.#over) return;
    const waiter = this.#waiters.shift();
    if (waiter === undefined) {
      this.#source.keep(this.#kept, value);
      return;
    }
    waiter.timer?.cancel();
    waiter.resolve({ done: false, value });
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stop?.();
    for (const { resolve, timer } of this.#waiters.splice(0)) {
      timer?.cancel();
      resolve({ done: true, value: undefined });
    }
  }
}

/** Keeps one value: a slow reader skips the others. */
export function newest<T>(kept: T[], value: T): void {
  kept.length = 0;
  kept.push(value);
}
