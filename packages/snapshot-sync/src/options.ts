import { type EntrySettings, type OptionBounds, wholeOptions } from '@smalti/sync-kit';

/** How much and how patiently this node fetches and serves. Nobody's identity: nodes of a group may differ. */
export interface SnapshotSyncOptions {
  /**
   * The most memory, in bytes, for parts and names of parts that are on their way into the store, and then for entries
   * on their way into the log. Default: 16 MiB. From 64 KiB to 1 GiB. Once a quarter of it has come and is not on the disk
   * yet, nothing more is asked for: a node that dies fetches so much again at most, and what was in flight.
   */
  readonly windowBytes?: number;
  /**
   * The most bytes of parts or entries in one answer, asked for or served. Default: 128 KiB. From 4 KiB to 16 MiB; less if
   * the transport carries no message of that length. A part that is longer comes alone.
   */
  readonly batchBytes?: number;
  /** How many requests one peer has in flight at once. Default: 4. From 1 to 64. */
  readonly requestsPerPeer?: number;
  /**
   * The longest that an answer is waited for, in milliseconds. Default: 25,000. From 100 to 600,000. It is a cap: a
   * peer that is silent for an election timeout loses its requests to others.
   */
  readonly fetchTimeoutMs?: number;
  /**
   * While the group commits, at most so many bytes a second are fetched (or four times as much as it commits, if that
   * is more), so that writes keep their latency. Default: 16 MiB. Up to 1 GiB; 0 for no limit. A group in which nothing
   * happens serves as fast as it can.
   */
  readonly busyBytesPerSecond?: number;
  /** The most bytes of parts that are served in a second, to all peers together. Default: 256 MiB. From 4 KiB to 1 GiB. */
  readonly servedBytesPerSecond?: number;
  /** The most memory, in bytes, for parts that were read and not sent yet. Default: 8 MiB. From 64 KiB to 1 GiB. */
  readonly servedBytes?: number;
  /**
   * How long a checkpoint, and the log after it, is kept for a session that shows no progress, in milliseconds.
   * Default: 60,000. From 1,000 to 120,000.
   */
  readonly leaseMs?: number;
  /** How long it is kept for a session at all, in milliseconds. Default: six hours. From 1,000 to a week. */
  readonly maxLeaseMs?: number;
  /**
   * The most bytes of checkpoints other than the newest that are kept for sessions. Default: 4 GiB. Up to 1 PiB; 0 for
   * none.
   */
  readonly leasedBytes?: number;
}

export type Settings = Required<SnapshotSyncOptions>;

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

const BOUNDS: OptionBounds<Settings> = {
  windowBytes: [16 * MIB, 64 * KIB, GIB],
  batchBytes: [128 * KIB, 4 * KIB, 16 * MIB],
  requestsPerPeer: [4, 1, 64],
  fetchTimeoutMs: [25_000, 100, 600_000],
  busyBytesPerSecond: [16 * MIB, 0, GIB],
  servedBytesPerSecond: [256 * MIB, 4 * KIB, GIB],
  servedBytes: [8 * MIB, 64 * KIB, GIB],
  leaseMs: [60_000, 1_000, 120_000],
  maxLeaseMs: [21_600_000, 1_000, 604_800_000],
  leasedBytes: [4 * GIB, 0, 1024 * 1024 * GIB],
};

/** @throws SmaltiError `BAD_OPTION` naming an option that is not an integer within its range. */
export function settingsOf(options: SnapshotSyncOptions): Settings {
  return wholeOptions('snapshotSync', BOUNDS, options);
}

/** The same for the entries after the checkpoint. */
export function entrySettings(settings: Settings): EntrySettings {
  const { windowBytes, batchBytes, requestsPerPeer, fetchTimeoutMs, busyBytesPerSecond, servedBytes } =
    settings;
  return {
    batchEntries: 2_000,
    windowBytes,
    batchBytes,
    requestsPerPeer,
    fetchTimeoutMs,
    busyBytesPerSecond,
    servedBytes,
  };
}
