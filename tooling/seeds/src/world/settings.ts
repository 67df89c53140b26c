import type { Lane } from '@smalti/core';

/** Times of consensus in every run, in milliseconds. */
export const TIMING = { heartbeatMs: 100, electionMinMs: 500, electionMaxMs: 1_000 } as const;

/** Bytes that may wait in each lane of a link. */
export const QUEUE_BYTES: Readonly<Record<Lane, number>> = { control: 4 * 1024 * 1024, bulk: 256 * 1024 };

/** Bytes of a segment of each node's log: small, so that a run has many. */
export const SEGMENT_BYTES = 64 * 1024;

/** How one cluster is set up: drawn from the seed. */
export interface Settings {
  readonly seed: number | string;
  readonly nodes: number;
  /** Milliseconds that a message takes. */
  readonly delay: readonly [min: number, max: number];
  readonly bytesPerMs: number;
  /** Milliseconds that a sync takes. */
  readonly syncMs: readonly [min: number, max: number];
  /** Bytes of entries that a leader keeps in memory: with few, whoever lags has to catch up by a session. */
  readonly windowBytes: number;
  readonly maxAppendBytes: number;
  /** Bytes that a store writes at a time, at least one write: with few, each write is synced by itself. */
  readonly maxBatchBytes: number;
  /** Leaders answer strong reads by leases. Default: no. */
  readonly leases?: boolean;
}
