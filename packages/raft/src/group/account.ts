import type { Clock } from '@smalti/core';
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
/** What `retryAfterMs` lies between: sooner nothing has changed, and later things may have changed altogether. */
const MIN_RETRY_MS = 10;
const MAX_RETRY_MS = 5_000;

/**
 * What waits on behalf of one handle, or of a whole group: how many calls, and how many bytes of commands. A call that
 * is larger than the bound of bytes by itself is let in where nothing else waits.
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
  hasRoom(bytes: number, others = 0, otherBytes = 0): boolean {
    const calls = this.#calls + others;
    const sum = this.#bytes + otherBytes;
    return calls < this.#most.calls && (sum + bytes <= this.#most.bytes || sum === 0);
  }

  /** Why a call of so many bytes may not wait, or null. */
  refusal(bytes: number, what: string): Overloaded | null {
    if (this.hasRoom(bytes)) return null;
    const by = this.#calls >= this.#most.calls ? 'calls' : 'bytes';
    const inUse = by === 'calls' ? this.#calls : this.#bytes;
    const limit = this.#most[by];
    const excess = by === 'calls' ? 1 : inUse + bytes - limit;
    const wait = this.#rates[by].wait(Math.min(Math.max(excess, limit * ROOM), inUse));
    const retryAfterMs = Math.ceil(Math.min(Math.max(wait, MIN_RETRY_MS), MAX_RETRY_MS));
    return new Overloaded(what, { bound: this.#names[by], limit, inUse, retryAfterMs });
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
