import {
  type Anchor,
  type CheckpointHeader,
  type CheckpointOutcome,
  type Configuration,
  type Cursor,
  type Entry,
  EntryKind,
  type Index,
  type Marker,
  ORIGIN,
  type PartName,
  sameCursor,
} from '@smalti/core';
import { configurationOf } from '../../engine/log.ts';

/** A marker whose outcome is not applied yet. */
export interface OpenMarker {
  readonly at: Cursor;
  /** Null if it cannot be read here. */
  readonly marker: Marker | null;
  /** In force at the marker: whose voters' reports count. */
  readonly configuration: Configuration;
}

/** A checkpoint that took the place of the state, as far as it matters here. */
export interface LedgerStart {
  readonly anchor: Anchor;
  readonly root: Pick<CheckpointHeader, 'time'>;
  /** The entry that brought the configuration in force at the anchor. */
  readonly configuration: Entry;
}

/** So many roots that were agreed on are remembered: whoever cuts slowly may have cut one when others are agreed on. */
const AGREED = 16;

/** Entries that say nothing of their own: a checkpoint after nothing but them would be the one before. */
const IDLE: ReadonlySet<EntryKind> = new Set([
  EntryKind.marker,
  EntryKind.outcome,
  EntryKind.empty,
  EntryKind.tick,
]);

/**
 * What the applied entries say of checkpoints. It follows from them alone, so every replica that has applied as far has
 * the same, and a new leader goes on where the last one was.
 */
export class Ledger {
  #configuration: Configuration | null;
  #open: OpenMarker | null = null;
  #marker: { readonly index: Index; readonly time: number };
  /** The newest last. */
  readonly #agreed: Anchor[];
  #bytes = 0;
  #entries = 0;
  #time: number;
  #newsAt: Index;

  /** @param from what applying goes on from, or null if it begins with the first entry. */
  constructor(from: LedgerStart | null) {
    const { at } = from?.anchor ?? { at: ORIGIN };
    this.#time = from?.root.time ?? 0;
    this.#newsAt = at.index;
    this.#marker = { index: at.index, time: this.#time };
    this.#agreed = from === null ? [] : [from.anchor];
    this.#configuration = from === null ? null : configurationOf(from.configuration);
    // It was captured at a marker, and that one's outcome comes after it.
    const configuration = this.#configuration;
    if (configuration !== null) this.#open = { at, marker: null, configuration };
  }

  /** The marker without an outcome, or null. */
  get open(): OpenMarker | null {
    return this.#open;
  }

  /** The newest marker, or where the ledger began: 0 if that was before the first entry. */
  get markerIndex(): Index {
    return this.#marker.index;
  }

  /** Group time of the newest marker, or of what the ledger began with. */
  get markerTime(): number {
    return this.#marker.time;
  }

  /** The newest root that was agreed on, with its marker. */
  get agreed(): Anchor | null {
    return this.#agreed.at(-1) ?? null;
  }

  /** The root that was agreed on at that marker, if it is one of the last ones. */
  agreedAt(at: Cursor): PartName | null {
    return this.#agreed.find((anchor) => sameCursor(anchor.at, at))?.root ?? null;
  }

  /** Bytes and entries since the newest marker. */
  get bytes(): number {
    return this.#bytes;
  }

  get entries(): number {
    return this.#entries;
  }

  /** The newest entry that can have changed anything. */
  get newsAt(): Index {
    return this.#newsAt;
  }

  /** In force at what was applied last, or null before the first entry. */
  get configuration(): Configuration | null {
    return this.#configuration;
  }

  /** An entry was applied. */
  passed(entry: Entry): void {
    this.#bytes += entry.frame.length;
    this.#entries += 1;
    if (this.#entries === 1 && this.#marker.index === 0)
      this.#marker = { index: 0 as Index, time: entry.stamp };
    this.#time = entry.stamp;
    if (IDLE.has(entry.kind)) return;
    this.#newsAt = entry.index;
    this.#configuration = configurationOf(entry) ?? this.#configuration;
  }

  /** A marker was applied. It takes the place of one that is open: whoever wrote it knew of no such one. */
  marker(marker: Marker | null, at: Cursor): void {
    this.#marker = { index: at.index, time: this.#time };
    this.#bytes = 0;
    this.#entries = 0;
    const configuration = this.#configuration;
    this.#open = configuration === null ? null : { at, marker, configuration };
  }

  /** An outcome was applied. @returns the marker that it closes; null if another had been, or none is open. */
  outcome(outcome: CheckpointOutcome): OpenMarker | null {
    const open = this.#open;
    if (open === null || open.at.index !== outcome.marker) return null;
    this.#open = null;
    if (outcome.verdict === 'agreed') {
      this.#agreed.push({ at: open.at, root: outcome.root });
      if (this.#agreed.length > AGREED) this.#agreed.shift();
    }
    return open;
  }
}
