import type { Index } from '@smalti/core';
import type { Fresh } from '../engine/freshness.ts';

/** Moments kept whose entries are not applied yet. */
const KEPT = 128;

/**
 * How old this node's applied state may be: since when something may have been acknowledged elsewhere that is missing
 * here. By this node's monotonic clock alone.
 */
export class Age {
  readonly #now: () => number;
  /** Known, but not applied so far: of rising moments. */
  #ahead: Fresh[] = [];
  #noted: Fresh | null = null;
  /** All that was acknowledged anywhere before is applied here; null if no such moment is known. */
  #since: number | null = null;
  /** Applied when it was last told. */
  #applied = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** All that was acknowledged before a moment is at or before an index. */
  note(fresh: Fresh | null, applied: Index): void {
    this.#moved(applied);
    if (fresh === null || fresh === this.#noted) return;
    this.#noted = fresh;
    if (fresh.index <= applied) {
      this.#reach(fresh);
      return;
    }
    this.#ahead.push(fresh);
    // A node that far behind gains nothing by every single one; the first and the last say how far it is.
    if (this.#ahead.length > KEPT) this.#ahead = this.#ahead.filter((_, i) => i % 2 === 0);
  }

  /** More has been applied; or less, if an older checkpoint took the place of the state. */
  applied(index: Index): void {
    this.#moved(index);
    if (this.#ahead.length === 0) return;
    for (const fresh of this.#ahead) if (fresh.index <= index) this.#reach(fresh);
    this.#ahead = this.#ahead.filter((fresh) => fresh.index > index);
  }

  /** Milliseconds, rounded up; null if it is not known. */
  get ms(): number | null {
    return this.#since === null ? null : Math.ceil(this.#now() - this.#since);
  }

  /** Of what was applied some is missing again, and how old the rest is depends on what: moments are noted anew. */
  #moved(applied: Index): void {
    if (applied < this.#applied) {
      this.#ahead = [];
      this.#noted = null;
      this.#since = null;
    }
    this.#applied = applied;
  }

  #reach(fresh: Fresh): void {
    if (this.#since === null || fresh.at > this.#since) this.#since = fresh.at;
  }
}
