interface Sleeper {
  readonly until: number;
  readonly then: () => void;
}

/** Who waits for a time, woken by whoever looks at the clock. */
export class Sleepers {
  readonly #sleepers = new Set<Sleeper>();

  /** Gives a way to take it back. */
  add(until: number, then: () => void): () => void {
    const sleeper: Sleeper = { until, then };
    this.#sleepers.add(sleeper);
    return () => this.#sleepers.delete(sleeper);
  }

  /** Wakes those whose time has come, the earliest first. */
  wake(now: number): void {
    const due = [...this.#sleepers].filter(({ until }) => until <= now).sort((a, b) => a.until - b.until);
    for (const sleeper of due) {
      if (this.#sleepers.delete(sleeper)) sleeper.then();
    }
  }

  /** The earliest time that somebody waits for, or null. */
  get next(): number | null {
    let next: number | null = null;
    for (const { until } of this.#sleepers) next = next === null ? until : Math.min(next, until);
    return next;
  }
}
