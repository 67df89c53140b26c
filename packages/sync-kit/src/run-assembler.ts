import type { PeerId } from '@smalti/core';
import { holesOf, type Span } from './span.ts';

/** Items that follow each other, from one peer. */
export interface Run<Item> {
  readonly first: number;
  readonly items: readonly Item[];
  readonly source: PeerId;
}

interface Held<Item> extends Run<Item> {
  readonly last: number;
  readonly bytes: number;
}

/**
 * Puts runs that come in any order into one order, within a bound of bytes. What is held begins at or after `next`,
 * and never overlaps. Items at one position are taken to be equal: whoever offers them has checked them.
 *
 * The bound counts what is held and what was taken and not yet released. Only an item at `next` is taken beyond it,
 * and only while nothing else is: there would be no progress otherwise.
 */
export class RunAssembler<Item> {
  readonly #budget: number;
  readonly #sizeOf: (item: Item) => number;
  /** Ascending. */
  #held: Held<Item>[] = [];
  #next: number;
  #heldBytes = 0;
  #takenBytes = 0;
  #mostBytes = 0;

  /** @param budget in bytes, as `sizeOf` counts them. */
  constructor(next: number, budget: number, sizeOf: (item: Item) => number) {
    this.#next = next;
    this.#budget = budget;
    this.#sizeOf = sizeOf;
  }

  /** The position that is taken next. */
  get next(): number {
    return this.#next;
  }

  /** Bytes held, and taken and not yet released. */
  get bytes(): number {
    return this.#heldBytes + this.#takenBytes;
  }

  /** The most that `bytes` has been. */
  get mostBytes(): number {
    return this.#mostBytes;
  }

  /** Bytes taken and not yet released. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** What is held, ascending. */
  get spans(): readonly Span[] {
    return this.#held.map(({ first, last }) => ({ first, last }));
  }

  /** The item at that position, if it is held. */
  at(position: number): Item | undefined {
    const run = this.#held.find(({ first, last }) => position >= first && position <= last);
    return run?.items[position - run.first];
  }

  /**
   * Takes of a run what is new, the nearest to `next` first, as far as there is room; to make room, what is held
   * farther away is dropped. Gives the number of items that are held now and were not before.
   */
  offer({ first, items, source }: Run<Item>): number {
    const whole = { first: Math.max(first, this.#next), last: first + items.length - 1 };
    let added = 0;
    for (const hole of holesOf(whole, this.spans)) {
      const wanted = items.slice(hole.first - first, hole.last - first + 1);
      const fitting = this.#fit(hole.first, wanted);
      if (fitting.items.length > 0) this.#insert({ ...fitting, first: hole.first, source });
      added += fitting.items.length;
      if (fitting.items.length < wanted.length) break;
    }
    return added;
  }

  /** The run at `next`, if it is held. */
  peek(): Run<Item> | undefined {
    const run = this.#held[0];
    return run?.first === this.#next ? run : undefined;
  }

  /** Takes the run at `next`; its bytes count until they are released. */
  take(): { readonly run: Run<Item>; readonly bytes: number } | undefined {
    const run = this.#held[0];
    if (run?.first !== this.#next) return undefined;
    this.#held.shift();
    this.#heldBytes -= run.bytes;
    this.#takenBytes += run.bytes;
    this.#next = run.last + 1;
    return { run, bytes: run.bytes };
  }

  /** Lets go of the run at `next`: it has turned out to be none that can be taken. */
  discard(): void {
    const run = this.#held[0];
    if (run?.first !== this.#next) return;
    this.#held.shift();
    this.#heldBytes -= run.bytes;
  }

  /** What was taken is kept elsewhere now, or was given up. */
  release(bytes: number): void {
    this.#takenBytes -= bytes;
  }

  /** Goes on at another position: forwards, and what is held before it is dropped; or backwards, after a refusal. */
  moveTo(next: number): void {
    this.#next = next;
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    for (const run of held) {
      if (run.last < next) continue;
      const items = run.first < next ? run.items.slice(next - run.first) : run.items;
      this.#insert({
        first: Math.max(run.first, next),
        items,
        bytes: this.#weigh(items),
        source: run.source,
      });
    }
  }

  /** As many of the items, from the first on, as find room. */
  #fit(first: number, items: readonly Item[]): { readonly items: readonly Item[]; readonly bytes: number } {
    const all = this.#weigh(items);
    this.#makeRoom(first, all);
    if (this.bytes + all <= this.#budget) return { items, bytes: all };
    let count = 0;
    let bytes = 0;
    for (const item of items) {
      const size = this.#sizeOf(item);
      const alone = first === this.#next && count === 0 && this.bytes === 0;
      if (this.bytes + bytes + size > this.#budget && !alone) break;
      count++;
      bytes += size;
    }
    return { items: items.slice(0, count), bytes };
  }

  #makeRoom(first: number, bytes: number): void {
    for (let last = this.#held.at(-1); last !== undefined && last.first > first; last = this.#held.at(-1)) {
      if (this.bytes + bytes <= this.#budget) return;
      this.#held.pop();
      this.#heldBytes -= last.bytes;
    }
  }

  #insert(run: Omit<Held<Item>, 'last'>): void {
    const after = this.#held.findIndex(({ first }) => first > run.first);
    const held = { ...run, last: run.first + run.items.length - 1 };
    this.#held.splice(after === -1 ? this.#held.length : after, 0, held);
    this.#heldBytes += run.bytes;
    this.#mostBytes = Math.max(this.#mostBytes, this.bytes);
  }

  #weigh(items: readonly Item[]): number {
    return items.reduce((sum, item) => sum + this.#sizeOf(item), 0);
  }
}
