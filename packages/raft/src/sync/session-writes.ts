import {
  type Cursor,
  type Entry,
  type Framer,
  type Index,
  joinFrames,
  type LogView,
  readFrames,
  type SmaltiError,
  showCursor,
  type Term,
} from '@smalti/core';
import { reasonOf, refused } from './errors.ts';
import { copyOf } from './log-facade.ts';
import type { SessionDoor } from './port.ts';
import { VerifiedEntry } from './verified-entry.ts';

/**
 * The checks of what a session wants written. The engine checks again what concerns its own state; what is wrong with
 * the entries themselves is found here, and said.
 */
export class SessionWrites {
  readonly #strategy: string;
  readonly #door: SessionDoor;
  readonly #framer: Framer;
  readonly #log: LogView;

  constructor(strategy: string, door: SessionDoor, framer: Framer, log: LogView) {
    this.#strategy = strategy;
    this.#door = door;
    this.#framer = framer;
    this.#log = log;
  }

  /** @throws SmaltiError `SYNC_REFUSED` with the reason. */
  verify(frames: Uint8Array): readonly Entry[] {
    const entries = this.#read(frames);
    let previous: Entry | null = null;
    const checked: Entry[] = [];
    for (const entry of entries) {
      this.#follows(entry, previous);
      this.#expected(entry);
      if (!this.#framer.verify(entry)) {
        throw this.#refused(`the checksum of entry ${entry.index} does not hold`, entry.index);
      }
      checked.push(new VerifiedEntry(entry, this.#framer));
      previous = entry;
    }
    return Object.freeze(checked);
  }

  /**
   * What of a run is to be appended: those after `verified`, perhaps none.
   *
   * @throws SmaltiError `SYNC_REFUSED` with the reason.
   */
  joining(given: readonly Entry[]): readonly Entry[] {
    const run = this.#checked(given);
    const { verified, ceiling } = this.#door;
    const [first] = run;
    const last = run.at(-1);
    if (first === undefined || last === undefined) throw this.#refused('there are no entries to append');
    if (first.index > verified.index + 1) {
      const where = `it begins at ${first.index}, and what is held ends at ${verified.index}`;
      throw this.#refused(`the run does not join: ${where}`, first.index);
    }
    let previous: Entry | null = null;
    for (const entry of run) {
      this.#follows(entry, previous);
      if (entry.index <= verified.index) this.#held(entry);
      previous = entry;
    }
    if (last.index > ceiling) throw this.#above(last.index);
    const rest = run.slice(Math.max(0, verified.index + 1 - first.index));
    if (rest[0] !== undefined && rest[0].term < verified.term) throw this.#back(rest[0], verified.term);
    return rest;
  }

  /** @throws SmaltiError `SYNC_REFUSED` with the reason. */
  setCommitted(given: Cursor): void {
    const at = this.cursor(given, 'setCommitted');
    const { verified, ceiling } = this.#door;
    if (at.index > ceiling) throw this.#above(at.index);
    if (at.index > verified.index) {
      throw this.#refused(
        `${showCursor(at)} is not verified: what is held ends at ${verified.index}`,
        at.index,
      );
    }
    const term = this.#termOf(at.index);
    if (term !== undefined && term !== at.term) throw this.#wrongTerm(at.index, at.term, term);
    const why = this.#door.setCommitted(at);
    if (why !== null) throw this.#refused(why, at.index);
  }

  /** A copy of what should be a cursor. @throws SmaltiError `SYNC_REFUSED` if it is none. */
  cursor(given: unknown, what: string): Cursor {
    const { index, term } = (given ?? {}) as Partial<Cursor>;
    if (!isCount(index) || !isCount(term)) throw this.#refused(`${what} needs a cursor`);
    return copyOf({ index: index as Index, term: term as Term });
  }

  #read(frames: Uint8Array): readonly Entry[] {
    if (!(frames instanceof Uint8Array)) throw this.#refused('frames must be bytes');
    try {
      return readFrames(frames);
    } catch (error) {
      throw this.#refused(`not whole frames: ${reasonOf(error)}`);
    }
  }

  /**
   * Copies: the bytes are the strategy's, which may write into them while they are on their way to the disk. Entries
   * that the host has not made are verified; what they say beside their frames is not believed.
   */
  #checked(given: readonly Entry[]): readonly Entry[] {
    if (!Array.isArray(given)) throw this.#refused('entries must be an array');
    const run: readonly Entry[] = [...given];
    const known = run.every((entry) => VerifiedEntry.isOf(entry, this.#framer));
    if (!known && run.some((entry) => !(entry?.frame instanceof Uint8Array))) {
      throw this.#refused('an entry without a frame');
    }
    const frames = joinFrames(run).slice();
    return known ? this.#unchanged(frames, run) : this.verify(frames);
  }

  /** Verified entries, read again from a copy of their frames. */
  #unchanged(frames: Uint8Array, run: readonly Entry[]): readonly Entry[] {
    const copies = this.#read(frames);
    for (const [i, entry] of copies.entries()) {
      const { index, term } = run[i] ?? {};
      if (!this.#framer.verify(entry)) {
        throw this.#refused(`the checksum of entry ${entry.index} does not hold`, entry.index);
      }
      if (entry.index !== index || entry.term !== term) {
        const text = `entry ${index} was of term ${term} when it was verified, and is entry ${entry.index} of ${entry.term}`;
        throw this.#refused(text, entry.index);
      }
    }
    if (copies.length !== run.length) throw this.#refused('there are not as many entries as were verified');
    return copies;
  }

  #follows(entry: Entry, previous: Entry | null): void {
    if (previous === null) return;
    if (entry.index !== previous.index + 1) {
      throw this.#refused(
        `the run is not chained: ${entry.index} comes after ${previous.index}`,
        entry.index,
      );
    }
    if (entry.term < previous.term) throw this.#back(entry, previous.term);
  }

  #expected(entry: Entry): void {
    if (entry.index > this.#door.ceiling) throw this.#above(entry.index);
    const term = this.#termOf(entry.index);
    if (term === undefined) {
      throw refused(this.#strategy, `no leader has told the term of entry ${entry.index}`, {
        epoch: this.#door.epoch,
        index: entry.index,
        untold: true,
      });
    }
    if (term !== entry.term) throw this.#wrongTerm(entry.index, entry.term, term);
  }

  /** What is passed over has to be what is there. */
  #held(entry: Entry): void {
    const term = this.#log.termAt(entry.index);
    if (term !== undefined && term !== entry.term) throw this.#wrongTerm(entry.index, entry.term, term);
  }

  /** The table of leaders begins where this node's commit was: before that the log itself knows. */
  #termOf(index: Index): Term | undefined {
    const told = this.#door.termAt(index);
    return told === undefined && index <= this.#door.verified.index ? this.#log.termAt(index) : told;
  }

  #above(index: Index): SmaltiError {
    return this.#refused(`entry ${index} is above the ceiling ${this.#door.ceiling}`, index);
  }

  #wrongTerm(index: Index, term: Term, right: Term): SmaltiError {
    return this.#refused(
      `entry ${index} is of term ${term}, and the committed one is of term ${right}`,
      index,
    );
  }

  #back(entry: Entry, before: Term): SmaltiError {
    return this.#refused(
      `entry ${entry.index} of term ${entry.term} comes after one of term ${before}`,
      entry.index,
    );
  }

  #refused(reason: string, index?: Index): SmaltiError {
    const { epoch } = this.#door;
    return refused(this.#strategy, reason, index === undefined ? { epoch } : { epoch, index });
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
