import {
  type CheckpointFormat,
  type CheckpointOutcome,
  type Configuration,
  type Cursor,
  type Entry,
  type EntryDraft,
  EntryKind,
  encodeMarker,
  encodeOutcome,
  type Index,
  type Marker,
  type MemberKey,
  type Term,
} from '@smalti/core';
import { hasQuorum, votersOf } from '../../engine/quorum.ts';
import type { Ledger, OpenMarker } from './ledger.ts';
import { type MarkerRules, markerIn } from './marker-policy.ts';
import type { ReportBook } from './reports.ts';
import { verdictOf } from './verdicts.ts';

/** How a chair decides. */
export interface ChairRules extends MarkerRules {
  readonly abandonMs: number;
  readonly format: CheckpointFormat;
}

/** What a chair needs of its surroundings. */
export interface ChairPort {
  leads(): boolean;
  term(): Term;
  applied(): Cursor;
  /** True if the log skips, after that index, a command at it or before. */
  skipsAcross(index: Index): boolean;
  /** The entries that were made of the drafts, or null if that cannot be now. */
  propose(drafts: readonly EntryDraft[]): readonly Entry[] | null;
}

/** When it is tried again what could not be proposed. */
const AGAIN_MS = 100;

/**
 * The leader's part: writes markers when they are due, counts reports, and writes what came of them. It takes over what
 * is open from the entries it has applied, so nothing is lost with the leader before.
 */
export class Chair {
  readonly #rules: ChairRules;
  readonly #port: ChairPort;
  readonly #ledger: () => Ledger;
  readonly #book: ReportBook;
  /** What this leader has written and not applied yet. */
  #written: { readonly index: Index; readonly term: Term } | null = null;
  /** Since when this leader knows that a marker is committed. */
  #known: { readonly index: Index; readonly term: Term; readonly since: number } | null = null;
  #wroteAt: number | null = null;

  constructor(rules: ChairRules, ledger: () => Ledger, book: ReportBook, port: ChairPort) {
    this.#rules = rules;
    this.#ledger = ledger;
    this.#book = book;
    this.#port = port;
  }

  /** @returns for how many milliseconds there is nothing to do unless something happens. */
  look(now: number, wallNow: number): number {
    const term = this.#port.term();
    const applied = this.#port.applied();
    // With an entry of its own term it has applied all that leaders before it have written.
    if (!this.#port.leads() || applied.term !== term) return Number.POSITIVE_INFINITY;
    const written = this.#written;
    if (written !== null && written.term === term && written.index > applied.index) {
      return Number.POSITIVE_INFINITY;
    }
    this.#written = null;
    const { open } = this.#ledger();
    return open === null ? this.#mark(now, wallNow) : this.#decide(open, term, now);
  }

  #decide(open: OpenMarker, term: Term, now: number): number {
    const marker = open.at.index;
    // Whoever came to it before the skip was known has cut a state with the command: even a majority of those is not to be
    // what all others are repaired to.
    if (this.#port.skipsAcross(marker)) return this.#close({ verdict: 'abandoned', marker });
    const verdict = verdictOf(open.configuration, this.#book.of(marker));
    if (verdict.type === 'agreed') return this.#close({ verdict: 'agreed', marker, root: verdict.root });
    if (verdict.type === 'disputed') return this.#close({ verdict: 'disputed', marker });
    if (this.#known?.index !== marker || this.#known.term !== term) {
      this.#known = { index: marker, term, since: now };
    }
    const leftMs = this.#known.since + this.#rules.abandonMs - now;
    return leftMs > 0 ? leftMs : this.#close({ verdict: 'abandoned', marker });
  }

  #close(outcome: CheckpointOutcome): number {
    return this.#write({ kind: EntryKind.outcome, payload: encodeOutcome(outcome) });
  }

  #mark(now: number, wallNow: number): number {
    const ledger = this.#ledger();
    const { markerIndex, markerTime, newsAt, bytes, entries, configuration } = ledger;
    const leftMs = markerIn(this.#rules, {
      open: false,
      markerIndex,
      markerTime,
      newsAt,
      bytes,
      entries,
      wanted: this.#book.wanted,
      wroteAt: this.#wroteAt,
      now,
      wallNow,
    });
    if (leftMs > 0 || configuration === null) return leftMs;
    const marker = markerFor(configuration, this.#book, this.#rules.format);
    // Words that come may make it possible.
    if (marker === null) return Number.POSITIVE_INFINITY;
    const waitMs = this.#write({ kind: EntryKind.marker, payload: encodeMarker(marker) });
    if (this.#written !== null) this.#wroteAt = now;
    return waitMs;
  }

  #write(draft: EntryDraft): number {
    const entry = this.#port.propose([draft])?.[0];
    if (entry === undefined) return AGAIN_MS;
    this.#written = { index: entry.index, term: entry.term };
    return Number.POSITIVE_INFINITY;
  }
}

/**
 * What a marker may ask for: no more than any voter that keeps checkpoints is known to write. Null if no majority is known
 * to write that: nobody could agree on it. Of a voter that has not spoken nothing is known; if it turns out to be older,
 * it reports nothing.
 */
export function markerFor(
  configuration: Configuration,
  book: Pick<ReportBook, 'get'>,
  format: CheckpointFormat,
): Marker | null {
  const formats = votersOf(configuration).map((key) => book.get(key)?.format ?? 0);
  const isWritable = formats.every((known) => known === 0 || known >= format.version);
  const writes = (key: MemberKey): boolean => (book.get(key)?.format ?? 0) >= format.version;
  return isWritable && hasQuorum(configuration, writes) ? { format } : null;
}
