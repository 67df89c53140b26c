import type { Anchor, Entry, HardState, Index } from '@smalti/core';
import type { Effect, LogShape } from '../../../src/engine/io.ts';
import { shapeOf } from './members.ts';

/** The prefix stands for the checkpoint that a reset goes with. */
type Reset = Extract<Effect, { type: 'reset' }> & { readonly prefix: readonly Entry[] };
export type Write = Extract<Effect, { type: 'persist' }> | Reset;

/** A log, and the state that stands for what was pruned of it: entry `i` is at `i - 1`, those up to `base` are not kept. */
interface Held {
  readonly entries: readonly Entry[];
  readonly base: number;
}

/** One node's disk: what a crash leaves, and the writes under way, which it may take or leave. */
export class TestDisk {
  hardState: HardState;
  /** Entry `i` is at `i - 1`. Those up to `base` are known by the state alone. */
  durable: readonly Entry[];
  base = 0;
  pending: Write[] = [];
  /** What it held before entries were cut: what a stale copy of it would still serve. */
  readonly ghosts: (readonly Entry[])[] = [];
  /** The newest checkpoint that is marked as agreed. */
  anchor: Anchor | null = null;
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
    return this.#seen.entries;
  }

  get #seen(): Held {
    return this.pending.reduce(applied, { entries: this.durable, base: this.base });
  }

  get shape(): LogShape {
    return shapeOf(this.durable, this.base);
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
    return { seq: first.seq, shape: this.shape };
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

  /** At once; while a reset is under way, after which it would have to come, not at all. */
  prune(through: number): void {
    if (this.pending.some((write) => write.type === 'reset')) return;
    this.base = Math.max(this.base, through);
  }

  read(first: Index, last: Index, maxBytes: number): readonly Entry[] {
    const found: Entry[] = [];
    let bytes = 0;
    const { entries, base } = this.#seen;
    for (const entry of entries.slice(Math.max(first - 1, base), last)) {
      bytes += entry.frame.length;
      if (bytes > maxBytes && found.length > 0) break;
      found.push(entry);
    }
    return found;
  }

  #land(write: Write): void {
    const before = this.durable;
    const { entries, base } = applied({ entries: before, base: this.base }, write);
    const isCut = entries.length < before.length || entries[before.length - 1] !== before.at(-1);
    if (isCut) this.ghosts.push(before);
    this.durable = entries;
    this.base = base;
    if (write.hardState !== null) this.hardState = write.hardState;
  }
}

function applied({ entries, base }: Held, write: Write): Held {
  if (write.type === 'reset') {
    const { index, term } = write.cursor;
    const holds = index >= base && entries[index - 1]?.term === term;
    return { entries: holds ? entries : write.prefix, base: index };
  }
  if (write.truncateFrom === null && write.entries.length === 0) return { entries, base };
  const kept = write.truncateFrom === null ? entries : entries.slice(0, write.truncateFrom - 1);
  const first = write.entries[0]?.index;
  if (first !== undefined && first !== kept.length + 1) {
    throw new Error(`a write begins at ${first}, the log ends at ${kept.length}`);
  }
  return { entries: [...kept, ...write.entries], base };
}
