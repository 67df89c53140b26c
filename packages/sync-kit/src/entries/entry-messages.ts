/** Bytes of an encoded message around its frames, at most. */
export const RUN_OVERHEAD_BYTES = 64;

/** Asks for what a peer has. The nonce names the session: 1 to 2^53 - 1, drawn at random. */
export interface EntryAsk {
  readonly type: 'ask';
  readonly nonce: number;
}

/** What can be read there now, committed, inclusive; nothing if `last` is `first - 1`. */
export interface EntryRange {
  readonly type: 'available';
  readonly nonce: number;
  readonly first: number;
  readonly last: number;
}

/** Asks for entries, inclusive: as many from `first` on as fit in `maxBytes` of frames, and at least one. */
export interface EntryFetch {
  readonly type: 'fetch';
  readonly nonce: number;
  readonly id: number;
  readonly first: number;
  readonly last: number;
  readonly maxBytes: number;
}

/** Entries from `first` on, after one of term `prevTerm`. */
export interface EntryRun {
  readonly type: 'run';
  readonly nonce: number;
  readonly id: number;
  readonly first: number;
  readonly prevTerm: number;
  /** One after the other, as they are on disk. */
  readonly frames: Uint8Array;
}

/** In place of a run: what can be read there now, as in {@link EntryRange}. */
export interface EntryRefusal {
  readonly type: 'unavailable';
  readonly nonce: number;
  readonly id: number;
  readonly first: number;
  readonly last: number;
}

/** What an {@link EntrySession} and an {@link EntryServer} say to each other. */
export type EntryMessage = EntryAsk | EntryRange | EntryFetch | EntryRun | EntryRefusal;
