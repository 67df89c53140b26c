/** What will happen, by time, and in the order of planning at equal times. */
export class Timeline {
  readonly #events: { at: number; order: number; run: () => void }[] = [];
  #order = 0;

  plan(at: number, run: () => void): void {
    const order = this.#order;
    this.#order += 1;
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      // Events lie in descending order, so that the next one is at the end.
      if ((this.#events[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    this.#events.splice(low, 0, { at, order, run });
  }

  get nextAt(): number {
    return this.#events.at(-1)?.at ?? Number.POSITIVE_INFINITY;
  }

  runNext(): void {
    this.#events.pop()?.run();
  }
}
