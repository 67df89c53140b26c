import type { Clock, LogFields, Logger } from '@smalti/core';

/** Milliseconds between two lines about the same thing. */
const QUIET_MS = 10_000;
/** Things that are told apart. Beyond it the oldest is forgotten, and may be told of sooner. */
const MAX_KEYS = 256;

/** Warnings at a bounded rate: what goes wrong with each message must not fill the operator's log. */
export class Notes {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #told = new Map<string, { at: number; silent: number }>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** `key` says what the same thing is. */
  warn(key: string, text: string, fields: LogFields): void {
    const now = this.#clock.now();
    const told = this.#told.get(key);
    if (told !== undefined && now - told.at < QUIET_MS) {
      told.silent += 1;
      return;
    }
    const more =
      told !== undefined && told.silent > 0 ? ` (and ${told.silent} times since it was last told)` : '';
    this.#told.delete(key);
    this.#told.set(key, { at: now, silent: 0 });
    if (this.#told.size > MAX_KEYS) {
      const [oldest] = this.#told.keys();
      if (oldest !== undefined) this.#told.delete(oldest);
    }
    this.#logger.warn(text + more, fields);
  }
}
