import {
  type Anchor,
  type Cursor,
  decodeOutcome,
  type Entry,
  EntryKind,
  type GroupLog,
  type Index,
  payloadOf,
  type Scheduler,
} from '@smalti/core';

/** Read at once, in bytes. */
const READ_BYTES = 256 * 1024;

/** What a log is searched with. */
export interface AgreedInLogParts {
  readonly log: Pick<GroupLog, 'base' | 'read'>;
  readonly scheduler: Scheduler;
  /** Entries up to here are committed. */
  committed(): Index;
}

/**
 * Finds the newest checkpoint that was agreed on, in a log that cannot be applied for want of a state: the one that this
 * node had may be nobody's any more, and a leader tells of younger ones only where the log lacks something.
 */
export class AgreedInLog {
  readonly #parts: AgreedInLogParts;
  #read = 0 as Index;
  /** Its outcome may come next. */
  #marker: Cursor | null = null;
  #newest: Anchor | null = null;
  #busy = false;

  constructor(parts: AgreedInLogParts) {
    this.#parts = parts;
  }

  /** The newest that is known so far. More of the log is read, for the next look. */
  look(): Anchor | null {
    if (!this.#busy) this.#search();
    return this.#newest;
  }

  #search(): void {
    const { log, scheduler, committed } = this.#parts;
    // What was before the base is known as far as this: it may have been a marker itself.
    if (this.#read < log.base.index) {
      this.#read = log.base.index;
      this.#marker = log.base;
    }
    const last = committed();
    if (this.#read >= last) return;
    this.#busy = true;
    log.read((this.#read + 1) as Index, last, READ_BYTES, (error, entries) => {
      for (const entry of error === null ? entries : []) this.#take(entry);
      // What cannot be read now is tried again at the next look.
      if (error !== null || entries.length === 0) this.#busy = false;
      else
        scheduler.nextTurn(() => {
          this.#busy = false;
          this.#search();
        });
    });
  }

  #take(entry: Entry): void {
    const { index, term, kind } = entry;
    this.#read = index;
    if (kind === EntryKind.marker) this.#marker = { index, term };
    if (kind !== EntryKind.outcome) return;
    const at = this.#marker;
    try {
      const outcome = decodeOutcome(payloadOf(entry));
      if (at === null || outcome.marker !== at.index) return;
      this.#marker = null;
      if (outcome.verdict === 'agreed') this.#newest = { at, root: outcome.root };
    } catch {
      // Applying says so, once there is a state to apply it to.
    }
  }
}
