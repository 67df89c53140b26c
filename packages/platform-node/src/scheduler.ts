import type { Scheduler } from '@smalti/core';

/** How often work that asks for more work at the end of the turn gets it in the same turn. */
const MAX_ROUNDS = 8;

/**
 * Turns of the event loop. What is put at the end of a turn runs after the poll phase, so that one turn takes in
 * everything that the sockets had; what that work puts at the end of the turn runs right after it, a bounded number
 * of times, so that input and output are never kept out.
 */
export class NodeScheduler implements Scheduler {
  #work: (() => void)[] = [];
  #armed = false;

  endOfTurn(work: () => void): void {
    this.#work.push(work);
    this.#arm();
  }

  nextTurn(work: () => void): void {
    setImmediate(work);
  }

  #arm(): void {
    if (this.#armed) return;
    this.#armed = true;
    setImmediate(() => this.#run());
  }

  #run(): void {
    let done = 0;
    let round: (() => void)[] = [];
    try {
      for (let i = 0; i < MAX_ROUNDS && this.#work.length > 0; i++) {
        round = this.#work;
        this.#work = [];
        for (done = 0; done < round.length; ) round[done++]?.();
      }
    } finally {
      // If something threw, the rest of its round still runs, in its order, in the next turn.
      this.#work = [...round.slice(done), ...this.#work];
      this.#armed = false;
      if (this.#work.length > 0) this.#arm();
    }
  }
}
