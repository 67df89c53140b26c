import type { Scheduler } from '../../ports/clock.ts';
import type { Bond, BondEvents, Lane, Refusal } from '../transport.ts';

/**
 * Hands events to a group in order, one at a time, and never within a call to the transport. Messages, which only
 * ever come from outside, are handed over at once unless something waits before them; everything else waits for the
 * end of the turn.
 */
export class EventLine {
  readonly #scheduler: Scheduler;
  readonly #events: BondEvents;
  #waiting: (() => void)[] = [];
  #scheduled = false;
  #inside = false;
  #over = false;

  constructor(scheduler: Scheduler, events: BondEvents) {
    this.#scheduler = scheduler;
    this.#events = events;
  }

  bonded(bond: Bond): void {
    this.#post(() => this.#events.bonded(bond));
  }

  unbonded(bond: Bond, reason: Refusal): void {
    this.#post(() => this.#events.unbonded(bond, reason));
  }

  refused(refusal: Refusal): void {
    this.#post(() => this.#events.refused(refusal));
  }

  writable(bond: Bond, lane: Lane): void {
    this.#post(() => this.#events.writable(bond, lane));
  }

  objected(bond: Bond): void {
    this.#post(() => this.#events.objected?.(bond));
  }

  message(bond: Bond, lane: Lane, bytes: Uint8Array): void {
    if (this.#over) return;
    if (this.#inside || this.#waiting.length > 0) {
      this.#post(() => this.#events.message(bond, lane, bytes));
      return;
    }
    this.#inside = true;
    try {
      this.#events.message(bond, lane, bytes);
    } finally {
      this.#inside = false;
    }
  }

  /** No event comes after it. */
  stop(): void {
    this.#over = true;
    this.#waiting = [];
  }

  #post(event: () => void): void {
    if (this.#over) return;
    this.#waiting.push(event);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#scheduler.endOfTurn(() => this.#drain());
  }

  #drain(): void {
    // What is posted meanwhile goes to the end of this line: it stays in order, and each event ends before the next.
    let next = 0;
    try {
      while (next < this.#waiting.length) {
        this.#inside = true;
        this.#waiting[next++]?.();
      }
    } finally {
      this.#inside = false;
      // After a throw, what was not handed over yet is, later.
      this.#waiting = this.#waiting.slice(next);
      this.#scheduled = this.#waiting.length > 0;
      if (this.#scheduled) this.#scheduler.endOfTurn(() => this.#drain());
    }
  }
}
