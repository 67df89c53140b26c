import type { Clock, PartName, SnapshotLease } from '@smalti/core';
import type { PartIndex } from './part-index.ts';

interface Held {
  readonly root: PartName | null;
  /** The count of puts when it was taken. */
  readonly since: number;
  until: number;
}

/** Who needs parts that no manifest reaches. */
export class Leases {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #index: PartIndex;
  readonly #onChange: (taken: boolean) => void;
  readonly #held = new Set<Held>();

  /** `onChange` is called when a lease for a root was taken, and when one was released. */
  constructor(clock: Pick<Clock, 'now'>, index: PartIndex, onChange: (taken: boolean) => void) {
    this.#clock = clock;
    this.#index = index;
    this.#onChange = onChange;
  }

  take(root: PartName | null, untilMs: number): SnapshotLease {
    this.#index.clock += 1;
    const held: Held = { root, since: this.#index.clock, until: untilMs };
    this.#held.add(held);
    this.#onChange(true);
    return {
      root,
      renew: (until) => {
        this.#dropEnded();
        if (this.#held.has(held)) held.until = Math.max(held.until, until);
      },
      release: () => {
        if (this.#held.delete(held)) this.#onChange(false);
      },
    };
  }

  /** Roots whose trees are needed. */
  get roots(): readonly PartName[] {
    this.#dropEnded();
    return [...this.#held].flatMap(({ root }) => root ?? []);
  }

  /** What was put from this count on is needed. Infinity if nothing is for that. */
  get since(): number {
    this.#dropEnded();
    // Asked for each part of the store in turn: nothing is made of it.
    let least = Number.POSITIVE_INFINITY;
    for (const { root, since } of this.#held) if (root === null) least = Math.min(least, since);
    return least;
  }

  /** When the first of them ends, or null if there is none. */
  get nextEnd(): number | null {
    this.#dropEnded();
    return this.#held.size === 0 ? null : Math.min(...[...this.#held].map(({ until }) => until));
  }

  #dropEnded(): void {
    const now = this.#clock.now();
    for (const held of this.#held) if (held.until <= now) this.#held.delete(held);
  }
}
