/** A timer that was set. */
export interface Timer {
  /** Does nothing if the timer has fired or was cancelled. */
  cancel(): void;
}

/** The door to time. All times are in milliseconds; fractions are allowed. */
export interface Clock {
  /** Time that only goes forward, from an arbitrary beginning. Elections, deadlines and leases use it. */
  now(): number;
  /** The wall clock, milliseconds since 1970. It may jump either way; only group time's stamps are taken from it. */
  wallNow(): number;
  /** Calls `fire` once, not before `delayMs` has passed and never within this call. */
  setTimer(delayMs: number, fire: () => void): Timer;
}

/** The door to turns of the event loop. */
export interface Scheduler {
  /**
   * Runs `work` at the end of this turn, after everything that has already arrived in it was handled, and in the
   * order of the calls. This is what makes one turn one batch.
   */
  endOfTurn(work: () => void): void;
  /** Runs `work` in a later turn, after pending input and output had their chance. For work cut into slices. */
  nextTurn(work: () => void): void;
}
