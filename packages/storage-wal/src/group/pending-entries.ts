import { type Entry, type Index, invariant, offset } from '@smalti/core';
import type { GroupState } from './group-state.ts';

/** A write that was submitted and is not durable yet. */
interface Pending {
  readonly ticket: number;
  /** Of its entries, those that no later write has removed. */
  entries: readonly Entry[];
  /** Durable entries from there on are not in the log any more; null if it removes none. */
  readonly cut: Index | null;
}

/** Which entries a read gives. */
export interface Choice {
  /** How many come from the disk, beginning with the first. */
  readonly onDisk: number;
  /** Those after them, in memory. */
  readonly inMemory: readonly Entry[];
}

/** The entries that were submitted and are not durable, on top of those that are. */
export class PendingEntries {
  readonly #state: GroupState;
  #writes: Pending[] = [];
  #tickets = 0;

  constructor(state: GroupState) {
    this.#state = state;
  }

  /** Notes a write. Durable and pending entries from `cut` on are gone. Returns the ticket to settle it with. */
  add(entries: readonly Entry[], cut: Index | null): number {
    if (cut !== null) {
      for (const write of this.#writes) {
        const newest = write.entries.at(-1);
        if (newest !== undefined && newest.index >= cut) {
          write.entries = write.entries.filter(({ index }) => index < cut);
        }
      }
    }
    const ticket = ++this.#tickets;
    this.#writes.push({ ticket, entries, cut });
    return ticket;
  }

  /** The write is durable, and part of the state. Writes are settled in their order. */
  settle(ticket: number): void {
    const first = this.#writes.shift();
    invariant(first?.ticket === ticket, 'writes become durable in their order');
  }

  clear(): void {
    this.#writes = [];
  }

  /** Bytes of all entries from that index on. */
  bytesFrom(index: Index): number {
    return this.bytesBetween(index, Number.MAX_SAFE_INTEGER as Index);
  }

  /** Bytes of the entries between two indices, inclusive. */
  bytesBetween(from: Index, until: Index): number {
    let bytes = 0;
    const { index } = this.#state;
    const durable = Math.min(this.#lastDurable(), until);
    for (let at = Math.max(from, index.first); at <= durable; at++) bytes += index.lengthOf(at as Index);
    for (const { entries } of this.#writes) {
      for (const entry of entries)
        if (entry.index >= from && entry.index <= until) bytes += entry.frame.length;
    }
    return bytes;
  }

  /** Chooses as many entries as fit, and at least one if there is one. All from `from` to `until` are in the log. */
  choose(from: Index, until: Index, maxBytes: number): Choice {
    const durable = Math.min(this.#lastDurable(), until);
    let bytes = 0;
    let onDisk = 0;
    for (let at = from; at <= durable; at = offset(at, 1)) {
      bytes += this.#state.index.lengthOf(at);
      if (onDisk > 0 && bytes > maxBytes) return { onDisk, inMemory: [] };
      onDisk += 1;
    }
    const inMemory: Entry[] = [];
    for (const { entries } of this.#writes) {
      const newest = entries.at(-1);
      if (newest === undefined || newest.index < from) continue;
      for (const entry of entries) {
        if (entry.index < from || entry.index > until) continue;
        bytes += entry.frame.length;
        if (onDisk + inMemory.length > 0 && bytes > maxBytes) return { onDisk, inMemory };
        inMemory.push(entry);
      }
    }
    return { onDisk, inMemory };
  }

  /** The last entry that is durable and still in the log. */
  #lastDurable(): number {
    let last: number = this.#state.shape.last.index;
    for (const { cut } of this.#writes) if (cut !== null && cut <= last) last = cut - 1;
    return last;
  }
}
