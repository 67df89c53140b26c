import type { Entry, HardState, Index } from '@smalti/core';
import type { Effect, LogShape } from '../../../src/engine/io.ts';
import { shapeOf } from './members.ts';

export type Write = Extract<Effect, { type: 'persist' }>;

/** One node's disk: what a crash leaves, and the writes under way, which it may take or leave. */
export class TestDisk {
  hardState: HardState;
  /** Entry `i` is at `i - 1`. */
  durable: readonly Entry[];
  pending: Write[] = [];
  /** What it held before entries were cut: what a stale copy of it would still serve. */
  readonly ghosts: (readonly Entry[])[] = [];
  /** Writes are refused as they would complete. */
  full = false;
  /** Nothing completes by itself. */
  held = false;
  /** How long a write takes. */
  delayMs = 1;

  constructor(hardState: HardState, entries: readonly Entry[]) {
    this.hardState = hardState;
    this.durable = entries;
  }

  /** What reads see: all that was submitted. */
  get visible(): readonly Entry[] {
    return this.pending.reduce(applied, this.durable);
  }

  /** The oldest write is on disk now. */
  completeFirst(): Write {
    const write = this.pending.shift();
    if (write === undefined) throw new Error('no write is under way');
    this.#land(write);
    return write;
  }

  /** There is no room: nothing that is under way will be in the log. */
  refuseAll(): { seq: number; shape: LogShape } {
    const first = this.pending[0];
    if (first === undefined) throw new Error('no write is under way');
    this.pending = [];
    return { seq: first.seq, shape: shapeOf(this.durable) };
  }

  /** The power goes: so many of the writes under way had reached the disk, though nobody was told. */
  crash(landed = 0): void {
    for (const write of this.pending.slice(0, landed)) this.#land(write);
    this.pending = [];
  }

  /** What recovery does with a damaged last batch that may have been acknowledged. */
  rot(entries: number): void {
    this.durable = this.durable.slice(0, this.durable.length - entries);
    const commit = Math.min(this.hardState.commit, this.durable.length) as Index;
    this.hardState = { ...this.hardState, commit, doubt: true };
  }

  read(first: Index, last: Index, maxBytes: number): readonly Entry[] {
    const found: Entry[] = [];
    let bytes = 0;
    for (const entry of this.visible.slice(first - 1, last)) {
      bytes += entry.frame.length;
      if (bytes > maxBytes && found.length > 0) break;
      found.push(entry);
    }
    return found;
  }

  #land(write: Write): void {
    if (write.truncateFrom !== null && write.truncateFrom <= this.durable.length)
      this.ghosts.push(this.durable);
    this.durable = applied(this.durable, write);
    if (write.hardState !== null) this.hardState = write.hardState;
  }
}

function applied(entries: readonly Entry[], write: Write): readonly Entry[] {
  if (write.truncateFrom === null && write.entries.length === 0) return entries;
  const kept = write.truncateFrom === null ? entries : entries.slice(0, write.truncateFrom - 1);
  const first = write.entries[0]?.index;
  if (first !== undefined && first !== kept.length + 1) {
    throw new Error(`a write begins at ${first}, the log ends at ${kept.length}`);
  }
  return [...kept, ...write.entries];
}
