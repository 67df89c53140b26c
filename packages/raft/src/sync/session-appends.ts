import type { Entry, SmaltiError, StoreCallback } from '@smalti/core';
import { MAX_APPEND_BYTES, MAX_APPENDS } from './bounds.ts';
import { refused } from './errors.ts';
import type { Owner } from './owner.ts';
import type { SessionDoor } from './port.ts';
import type { SessionWrites } from './session-writes.ts';

/** What becomes of appends. */
export interface AppendsPort {
  /** Entries that were missing are on their way to the disk. */
  accepted(): void;
  /** So many entries are durable. */
  durable(entries: number): void;
}

/** The appends of one session that are under way, and the answers to them, in order. */
export class SessionAppends {
  readonly #owner: Owner;
  readonly #door: SessionDoor;
  readonly #writes: SessionWrites;
  readonly #port: AppendsPort;
  /** Answers that are owed. */
  #open = 0;
  #bytes = 0;
  /** Those who wait for the newest write that is under way, or null if none is. */
  #newest: ((error: SmaltiError | null) => void)[] | null = null;

  constructor(owner: Owner, door: SessionDoor, writes: SessionWrites, port: AppendsPort) {
    this.#owner = owner;
    this.#door = door;
    this.#writes = writes;
    this.#port = port;
  }

  /** @throws SmaltiError `SYNC_REFUSED` if too many answers are owed already. */
  append(entries: readonly Entry[], done: StoreCallback): void {
    const answer = this.#answer(done);
    try {
      this.#submit(this.#writes.joining(entries), answer);
    } catch (error) {
      answer(error as SmaltiError);
    }
  }

  #answer(done: StoreCallback): (error: SmaltiError | null) => void {
    const { strategy } = this.#owner;
    if (typeof done !== 'function') throw new TypeError(`${strategy}: append needs a callback`);
    if (this.#open >= MAX_APPENDS) throw refused(strategy, `${MAX_APPENDS} answers are owed already`);
    this.#open += 1;
    return (error) => {
      this.#owner.post(() => {
        this.#open -= 1;
        this.#owner.call('the callback of append', () => done(error));
      });
    };
  }

  #submit(entries: readonly Entry[], answer: (error: SmaltiError | null) => void): void {
    if (entries.length === 0) {
      // All of it is there already, and durable when what was submitted before is.
      if (this.#newest === null) answer(null);
      else this.#newest.push(answer);
      return;
    }
    let bytes = 0;
    for (const { frame } of entries) bytes += frame.length;
    if (this.#bytes > 0 && this.#bytes + bytes > MAX_APPEND_BYTES) {
      throw refused(
        this.#owner.strategy,
        `${this.#bytes} bytes are being written: wait until some are durable`,
      );
    }
    const waiting = [answer];
    const why = this.#door.append(entries, (error) => {
      this.#bytes -= bytes;
      if (this.#newest === waiting) this.#newest = null;
      if (error === null) this.#port.durable(entries.length);
      for (const each of waiting) each(error);
    });
    if (why !== null) {
      throw refused(this.#owner.strategy, why, { epoch: this.#door.epoch, index: entries[0]?.index });
    }
    this.#bytes += bytes;
    this.#newest = waiting;
    this.#port.accepted();
  }
}
