import type { Scheduler, SmaltiError, StoreCallback } from '@smalti/core';

/** A change that was submitted to one log and has not completed. */
export interface Submitted {
  /** Which log it is of. */
  readonly owner: object;
  /** Makes it last. Null on success; `STORAGE_FULL` refuses it and what its owner submitted after it. */
  readonly keep: () => SmaltiError | null;
  readonly done: StoreCallback;
}

/**
 * The order in which changes complete: as they were submitted, each turn's in a later one. That is the moment at
 * which a crash no longer takes them away.
 */
export class WriteQueue {
  readonly #scheduler: Scheduler;
  readonly #refused: (owner: object) => void;
  #queue: Submitted[] = [];
  #scheduled = false;

  /** `refused` is called before the callbacks of what a full store refuses of one owner. */
  constructor(scheduler: Scheduler, refused: (owner: object) => void) {
    this.#scheduler = scheduler;
    this.#refused = refused;
  }

  submit(change: Submitted): void {
    this.#queue.push(change);
    this.#schedule();
  }

  /** Takes everything that has not completed; nothing of it calls back by itself any more. */
  takeAll(): Submitted[] {
    return this.#queue.splice(0);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#scheduler.nextTurn(() => {
      this.#scheduled = false;
      this.#complete(this.#queue.length);
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  /** Completes what was there when the turn began: callbacks submit more, which waits for the next. */
  #complete(count: number): void {
    for (let left = count; left > 0 && this.#queue.length > 0; left--) {
      const change = this.#queue[0] as Submitted;
      const error = change.keep();
      if (error === null) {
        this.#queue.shift();
        change.done(null);
        continue;
      }
      const refused = this.#queue.filter(({ owner }) => owner === change.owner);
      this.#queue = this.#queue.filter(({ owner }) => owner !== change.owner);
      this.#refused(change.owner);
      for (const { done } of refused) done(error);
      return;
    }
  }
}
