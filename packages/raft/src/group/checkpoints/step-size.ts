const LEAST_BYTES = 1024;
const MOST_BYTES = 64 * 1024;
/** Milliseconds that a step may cost, and those below which it may be twice as large. Far below 10, the most there may be. */
const DEAR_MS = 4;
const CHEAP_MS = 2;

/** How much of a state is cut at once: what costs a few milliseconds, whatever a machine's items cost it. */
export class StepSize {
  #bytes = 4 * LEAST_BYTES;

  get bytes(): number {
    return this.#bytes;
  }

  /** The last step took so many milliseconds. */
  took(ms: number): void {
    if (ms > DEAR_MS) this.#bytes = Math.max(LEAST_BYTES, Math.floor((this.#bytes * CHEAP_MS) / ms));
    else if (ms < CHEAP_MS) this.#bytes = Math.min(MOST_BYTES, this.#bytes * 2);
  }
}
