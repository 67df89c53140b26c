import type { Anchor, Index, SmaltiError, StoreCallback } from '@smalti/core';
import { LogLengths } from './log-lengths.ts';

/** What a pruner needs of its surroundings. */
export interface PrunerPort {
  /** Up to where the strategies can do without the log; null if none of them says. */
  safeToPrune(): Index | null;
  /** The newest checkpoint that is agreed on and whole on this disk. */
  anchor(): Anchor | null;
  /** The one before it, or null if there are not two. */
  before(): Anchor | null;
  applied(): Index;
  /** The entry before the log's first one. */
  base(): Index;
  prune(through: Index, done: StoreCallback): void;
  fault(error: SmaltiError): void;
  /** There may be more to do. */
  wake(): void;
}

/** How often it is looked whether a strategy needs the log no more, in milliseconds. */
const LOOK_MS = 5_000;

/**
 * Cuts the log's beginning when nobody needs it: not the strategies, nor a restart, which begins from the newest checkpoint
 * that is agreed on and on this disk, or the one before if that is damaged, nor followers that are a little behind. If no strategy says that it can do
 * without, nothing goes: then the log is how whoever lacks it catches up.
 */
export class Pruner {
  readonly #keepBytes: number;
  readonly #port: PrunerPort;
  #lengths = new LogLengths();
  #through = 0 as Index;
  #busy = false;
  #next = 0;

  constructor(keepBytes: number, port: PrunerPort) {
    this.#keepBytes = keepBytes;
    this.#port = port;
  }

  /** Pruned up to here, as far as this process knows. */
  get through(): Index {
    return Math.max(this.#through, this.#port.base()) as Index;
  }

  passed(index: Index, bytes: number): void {
    this.#lengths.add(index, bytes);
  }

  /** What is applied goes on from another place. */
  restart(): void {
    this.#lengths = new LogLengths();
    this.soon();
  }

  /** Something has changed that pruning depends on: it is looked at next time. */
  soon(): void {
    this.#next = 0;
  }

  /** @returns for how many milliseconds there is nothing to do unless something happens. */
  look(now: number): number {
    if (this.#busy) return Number.POSITIVE_INFINITY;
    if (now < this.#next) return this.#next - now;
    this.#next = Number.POSITIVE_INFINITY;
    const bound = this.#bound();
    if (bound <= this.through) return this.#next;
    const safe = this.#port.safeToPrune();
    if (safe === null) return this.#next;
    this.#next = now + LOOK_MS;
    const through = Math.min(bound, safe) as Index;
    if (through > this.through) this.#prune(through);
    return LOOK_MS;
  }

  /** The most that may go, whatever the strategies say. */
  #bound(): Index {
    const [anchor, before] = [this.#port.anchor(), this.#port.before()];
    if (anchor === null || before === null) return 0 as Index;
    const kept = this.#lengths.before(anchor.at.index, this.#keepBytes);
    return Math.min(kept, before.at.index, this.#port.applied()) as Index;
  }

  #prune(through: Index): void {
    this.#busy = true;
    this.#port.prune(through, (error) => {
      this.#busy = false;
      // What a full disk refuses is asked for again.
      if (error === null) {
        this.#through = through;
        this.#lengths.forget(through);
      } else if (error.code === 'STORAGE_FAILED') this.#port.fault(error);
      this.#port.wake();
    });
  }
}
