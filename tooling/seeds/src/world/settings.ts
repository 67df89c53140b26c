import type { CheckpointFormat, Lane } from '@smalti/core';

/** Times of consensus in every run, in milliseconds. */
export const TIMING = { heartbeatMs: 100, electionMinMs: 500, electionMaxMs: 1_000 } as const;

/** Bytes that may wait in each lane of a link. */
export const QUEUE_BYTES: Readonly<Record<Lane, number>> = { control: 4 * 1024 * 1024, bulk: 256 * 1024 };

/** Bytes that are sent to a follower and not acknowledged, and kept of what a leader sends to one that catches up. */
export const INFLIGHT_BYTES = 64 * 1024;

/** Bytes of a segment of each node's log: small, so that a run has many. */
export const SEGMENT_BYTES = 64 * 1024;

/** Times after which leaders change the members by themselves, in milliseconds: short, as runs are. */
export const AUTOPILOT = { promoteAfterMs: 400, replaceAfterMs: 5_000, forgetAfterMs: 8_000 } as const;

/** How a cluster makes its checkpoints: far more often than anybody would, as runs are short. */
export interface CheckpointSettings {
  readonly everyEntries: number;
  readonly everyMs: number;
  readonly keepBytes: number;
  readonly abandonMs: number;
  /** Of parts so small that a state has some dozens. */
  readonly format: CheckpointFormat;
  /** Bytes of state that each node cuts in a second, node by node. */
  readonly cutBytesPerSecond: readonly number[];
  /** Nodes whose packs of parts are small. */
  readonly smallPacks: readonly string[];
  /** Which way a session follows is chosen by cost; otherwise the ways are tried in turn. */
  readonly auto: boolean;
}

/** Commands at which machines fail, and what an operator does about them. */
export interface PoisonSettings {
  /** Nodes whose programs fail at them, until they are given others. */
  readonly nodes: readonly string[];
  /** Now and then nodes are given one that can apply them; otherwise only if nothing else helps. */
  readonly mends: boolean;
}

/** How one cluster is set up: drawn from the seed. */
export interface Settings {
  readonly seed: number | string;
  /** Those that found it. */
  readonly nodes: number;
  /** Those that may join it later; the last of them observes. */
  readonly others: number;
  /** Leaders change the members by themselves. */
  readonly autopilot: boolean;
  /** Milliseconds that a message takes. */
  readonly delay: readonly [min: number, max: number];
  readonly bytesPerMs: number;
  /** Milliseconds that a sync takes. */
  readonly syncMs: readonly [min: number, max: number];
  /** Bytes of entries that a leader keeps in memory: with few, whoever lags has to catch up by a session. */
  readonly windowBytes: number;
  readonly maxAppendBytes: number;
  /** Bytes that a session holds of what it has fetched. Default: as many as sessions hold by default. */
  readonly sessionBytes?: number;
  /** Bytes that a store writes at a time, at least one write: with few, each write is synced by itself. */
  readonly maxBatchBytes: number;
  /** Leaders answer strong reads by leases. Default: no. */
  readonly leases?: boolean;
  /** Default: none are made. */
  readonly checkpoints?: CheckpointSettings;
  /** Nodes that are started again have newer code of the machine; with `atOnce` it has a bug. Default: they have not. */
  readonly upgrades?: { readonly atOnce: boolean };
  /** Default: no command is poison. */
  readonly poison?: PoisonSettings;
}

/** Every node that there is or may be: n1, n2, ... */
export function idsOf({ nodes, others }: Pick<Settings, 'nodes' | 'others'>): readonly string[] {
  return Array.from({ length: nodes + others }, (_, i) => `n${i + 1}`);
}
