import type { Clock, Outcome } from '@smalti/core';
import type { Limits } from './api.ts';
import { DrainRate } from './drain-rate.ts';
import { Overloaded } from './errors.ts';

/** Limits by which what waits is bounded. */
export type Bound = Extract<
  keyof Limits,
  'maxPending' | 'maxPendingBytes' | 'maxHandlePending' | 'maxHandleBytes'
>;

/** Whoever was refused is to come back when this part of the bound has drained, or as much as its call needs. */
const ROOM = 1 / 8;
/** This part of a group's bound is kept for handles that have nothing waiting. */
const RESERVE = 1 / 8;
/** What `retryAfterMs` lies between: sooner nothing has changed, and later things may have changed altogether. */
const MIN_RETRY_MS = 10;
const MAX_RETRY_MS = 5_000;

/** Calls that are about to come. */
export interface Promised {
  readonly calls: number;
  readonly bytes: number;
}

const NONE: Promised = { calls: 0, bytes: 0 };

/**
 * What waits on behalf of one handle, or of a whole group: how many calls, and how many bytes of commands. A call that
 * is larger than the bound of bytes by itself is let in where nothing else waits. Whoever has calls waiting already is
 * `pressing` in the account of its group: it does not get the last of it.
 */
export class Account {
  readonly #most: { readonly calls: number; readonly bytes: number };
  readonly #names: { readonly calls: Bound; readonly bytes: Bound };
  readonly #rates: { readonly calls: DrainRate; readonly bytes: DrainRate };
  #calls = 0;
  #bytes = 0;

  constructor(clock: Clock, limits: Limits, calls: Bound, bytes: Bound) {
    this.#names = { calls, bytes };
    this.#most = { calls: limits[calls], bytes: limits[bytes] };
    this.#rates = { calls: new DrainRate(clock), bytes: new DrainRate(clock) };
  }

  get calls(): number {
    return this.#calls;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** True if one more call of so many bytes may wait, besides so many others that are about to. */
  hasRoom(bytes: number, pressing: boolean, others: Promised = NONE): boolean {
    const calls = this.#calls + others.calls;
    const sum = this.#bytes + others.bytes;
    const hasPlace = calls < this.#limit('calls', pressing);
    return hasPlace && (sum + bytes <= this.#limit('bytes', pressing) || sum === 0);
  }

  /** Why a call of so many bytes may not wait, or null. */
  refusal(
    bytes: number,
    pressing: boolean,
    what: string,
    outcome: Outcome = 'not-applied',
  ): Overloaded | null {
    if (this.hasRoom(bytes, pressing)) return null;
    const by = this.#calls >= this.#limit('calls', pressing) ? 'calls' : 'bytes';
    const inUse = by === 'calls' ? this.#calls : this.#bytes;
    const limit = this.#limit(by, pressing);
    const excess = by === 'calls' ? 1 : inUse + bytes - limit;
    const wait = this.#rates[by].wait(Math.min(Math.max(excess, limit * ROOM), inUse));
    const retryAfterMs = Math.ceil(Math.min(Math.max(wait, MIN_RETRY_MS), MAX_RETRY_MS));
    return new Overloaded(what, { bound: this.#names[by], limit, inUse, retryAfterMs }, outcome);
  }

  #limit(by: 'calls' | 'bytes', pressing: boolean): number {
    const most = this.#most[by];
    return pressing ? most - Math.floor(most * RESERVE) : most;
  }

  take(bytes: number): void {
    if (this.#calls === 0) this.#rates.calls.began();
    if (this.#bytes === 0) this.#rates.bytes.began();
    this.#calls += 1;
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    this.#calls -= 1;
    this.#bytes -= bytes;
    this.#rates.calls.drained(1);
    if (bytes > 0) this.#rates.bytes.drained(bytes);
  }

  /** A call still waits, and takes so many bytes less. */
  shrink(bytes: number): void {
    this.#bytes -= bytes;
    if (bytes > 0) this.#rates.bytes.drained(bytes);
  }
}
