import { type EntrySettings, type OptionBounds, wholeOptions } from '@smalti/sync-kit';

/** How much and how patiently this node fetches and serves. Nobody's identity: nodes of a group may differ. */
export interface LogReplayOptions {
  /** The most entries of one request. Default: 2,000. From 1 to 65,536. */
  readonly batchEntries?: number;
  /**
   * The most bytes of entries in one answer, asked for or served, if there is more than one entry in it. Default:
   * 1 MiB. From 1 KiB to 64 MiB; less if the transport carries no message of that length.
   */
  readonly batchBytes?: number;
  /**
   * The most memory, in bytes, for entries that were verified and are not durable yet, a few hundred bytes for each
   * entry's own objects included. Default: 16 MiB. From 64 KiB to 1 GiB. A single entry is taken whatever its size.
   */
  readonly windowBytes?: number;
  /** How many requests one peer has in flight at once. Default: 4. From 1 to 64. */
  readonly requestsPerPeer?: number;
  /**
   * The longest that an answer is waited for, in milliseconds. Default: 25,000. From 100 to 600,000. It is a cap: a
   * peer that is silent for an election timeout loses its requests to others.
   */
  readonly fetchTimeoutMs?: number;
  /**
   * While the group commits, at most so many bytes of entries a second are fetched (or four times as much as it
   * commits, if that is more), so that writes keep their latency. A session begins at a sixteenth of it and doubles
   * that every tenth of a second. Default: 1 MiB. Up to 1 GiB; 0 for no limit. A group in which nothing happens
   * serves as fast as it can.
   */
  readonly busyBytesPerSecond?: number;
  /** The most memory, in bytes, for entries that were read and not sent yet. Default: 8 MiB. From 64 KiB to 1 GiB. */
  readonly servedBytes?: number;
}

export type Settings = EntrySettings;

const KIB = 1024;
const MIB = 1024 * KIB;

const BOUNDS: OptionBounds<Settings> = {
  batchEntries: [2_000, 1, 65_536],
  batchBytes: [MIB, KIB, 64 * MIB],
  windowBytes: [16 * MIB, 64 * KIB, 1024 * MIB],
  requestsPerPeer: [4, 1, 64],
  busyBytesPerSecond: [MIB, 0, 1024 * MIB],
  fetchTimeoutMs: [25_000, 100, 600_000],
  servedBytes: [8 * MIB, 64 * KIB, 1024 * MIB],
};

/** @throws SmaltiError `BAD_OPTION` naming an option that is not an integer within its range. */
export function settingsOf(options: LogReplayOptions): Settings {
  return wholeOptions('logReplay', BOUNDS, options);
}
