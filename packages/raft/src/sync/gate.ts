/**
 * Keeps calls of strategies apart: while one of them runs, or makes a call on its context, no other begins. What has
 * to be called then waits until the gate is free.
 */
export class Gate {
  readonly #later: (work: () => void) => void;
  #depth = 0;
  #waiting: (() => void)[] = [];

  /** `later` runs work when nothing of a strategy is on the stack. */
  constructor(later: (work: () => void) => void) {
    this.#later = later;
  }

  get held(): boolean {
    return this.#depth > 0;
  }

  /** Runs a call of a strategy's method. */
  call<T>(work: () => T): T {
    this.#depth += 1;
    try {
      return work();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0) this.#free();
    }
  }

  /** Runs a call that a strategy makes on its context: perhaps from a promise, so its code is still on the stack after. */
  use<T>(work: () => T): T {
    this.#depth += 1;
    try {
      return work();
    } finally {
      this.#depth -= 1;
      if (this.#depth === 0 && this.#waiting.length > 0) this.#later(() => this.#free());
    }
  }

  /** Runs work, which must not throw, as soon as no call is under way. */
  whenFree(work: () => void): void {
    this.#waiting.push(work);
    if (this.#depth === 0) this.#free();
  }

  #free(): void {
    while (this.#depth === 0) {
      const work = this.#waiting.shift();
      if (work === undefined) return;
      work();
    }
  }
}
