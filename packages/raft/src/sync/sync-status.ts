import type { Cursor, ErrorCode, Index, PeerId, SyncProgress } from '@smalti/core';
import { MAX_REPORTED_PEERS } from './bounds.ts';

/** What operators see of catching up on this node. */
export interface SyncStatus {
  /** The session that is under way, or null: also in the pause after every strategy has failed. */
  readonly session: {
    readonly strategy: string;
    readonly epoch: number;
    /** When it began, in milliseconds of the clock's `now`. */
    readonly since: number;
    readonly position: Cursor;
    readonly ceiling: Index;
    readonly verified: Cursor;
    /**
     * Bytes in memory of what the leader has sent meanwhile, which is appended afterwards: at most
     * `limits.maxInflightBytes`.
     */
    readonly keptBytes: number;
    /** What it reported last, or null if it has not yet. */
    readonly progress: SyncProgress | null;
  } | null;
  /** Why the last strategy gave up, once all have; null again when the gap is closed or another one opens. */
  readonly failure: { readonly code: ErrorCode; readonly message: string; readonly strategy: string } | null;
  /** Counted since the group was joined. */
  readonly totals: SyncTotals;
}

export interface SyncTotals {
  /** Sessions that strategies were asked for. */
  readonly sessions: number;
  readonly done: number;
  readonly failed: number;
  /** Entries that sessions appended and that are durable. */
  readonly entries: number;
  /** Entries (or parts) of each peer that sessions say they kept. */
  readonly bySource: Readonly<Record<PeerId, number>>;
  /** Entries of the leader that came during sessions. */
  readonly buffered: number;
  /** Messages of peers that were dropped: of no strategy or version that is spoken here, unreadable, or too many. */
  readonly dropped: number;
}

/** Counts. */
export class SyncCounters {
  sessions = 0;
  done = 0;
  failed = 0;
  entries = 0;
  buffered = 0;
  dropped = 0;
  readonly #bySource = new Map<PeerId, number>();

  /** Beyond 1,024 names new ones are not counted: reports may name anything. */
  kept(peer: PeerId, count: number): void {
    const before = this.#bySource.get(peer);
    if (before === undefined && this.#bySource.size >= MAX_REPORTED_PEERS) return;
    this.#bySource.set(peer, (before ?? 0) + count);
  }

  totals(): SyncTotals {
    const { sessions, done, failed, entries, buffered, dropped } = this;
    const bySource = Object.fromEntries(this.#bySource) as Record<PeerId, number>;
    return { sessions, done, failed, entries, bySource, buffered, dropped };
  }
}
