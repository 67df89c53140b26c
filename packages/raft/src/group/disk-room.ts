import type { Clock, GroupLog, SmaltiError, Timer } from '@smalti/core';

/** How often a full disk is asked whether it has room again, and for how much. */
const PROBE_MS = 1_000;
const PROBE_BYTES = 64 * 1024;

/** Asks a full disk, again and again, whether it has room. */
export class DiskRoom {
  readonly #log: GroupLog;
  readonly #clock: Clock;
  readonly #back: (error: SmaltiError | null) => void;
  #timer: Timer | null = null;
  #closed = false;

  /** @param back called when it has, or with what is wrong with it. */
  constructor(log: GroupLog, clock: Clock, back: (error: SmaltiError | null) => void) {
    this.#log = log;
    this.#clock = clock;
    this.#back = back;
  }

  /** It is full. */
  watch(): void {
    if (this.#timer === null) this.#askLater();
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  #askLater(): void {
    this.#timer = this.#clock.setTimer(PROBE_MS, () => {
      this.#log.probe(PROBE_BYTES, (error) => {
        if (this.#closed) return;
        if (error?.code === 'STORAGE_FULL') {
          this.#askLater();
          return;
        }
        this.#timer = null;
        this.#back(error);
      });
    });
  }
}
