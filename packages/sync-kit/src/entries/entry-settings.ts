/** How much and how patiently entries are fetched and served. Whoever lets users choose checks the ranges. */
export interface EntrySettings {
  /** The most entries of one request. At least 1. */
  readonly batchEntries: number;
  /** The most bytes of entries in one answer, asked for or served, if there is more than one entry in it. */
  readonly batchBytes: number;
  /** The most memory, in bytes, for entries that were verified and are not durable yet. At least 64 KiB. */
  readonly windowBytes: number;
  /** How many requests one peer has in flight at once. At least 1. */
  readonly requestsPerPeer: number;
  /** The longest that an answer is waited for, in milliseconds. */
  readonly fetchTimeoutMs: number;
  /** While the group commits, at most so many bytes of entries a second are fetched; 0 for no limit. */
  readonly busyBytesPerSecond: number;
  /** The most memory, in bytes, for entries that were read and not sent yet. */
  readonly servedBytes: number;
}
