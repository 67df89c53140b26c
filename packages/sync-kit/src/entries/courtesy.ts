import type { SyncTiming } from '@smalti/core';
import { Pace } from '../pace.ts';
import type { EntrySettings } from './entry-settings.ts';

/** So many times as fast as the group writes is fetched at least, or the end would never be reached. */
const AHEAD = 4;
const LEADER_EVERY = 8;
/** So many commits make a group one at work. That a member comes takes one or two, and is no reason to let it wait. */
const AT_WORK_ENTRIES = 8;
/** Bytes of one answer at a time while the group is at work: short enough to be no stall for whoever serves it. */
const BUSY_BATCH_BYTES = 64 * 1024;
const LEAST_BATCH_BYTES = 8 * 1024;
/** So much of a second's bytes is one answer, so that they come evenly. */
const BATCH_MS = 16;
/** It begins with a small part of the rate, and doubles it until the rate is reached. */
const DOUBLINGS = 4;
const DOUBLED_EVERY_MS = 100;
/** Of an entry, before any was seen. */
const TYPICAL_BYTES = 256;

/**
 * Whoever serves entries also serves writes. While the group commits, entries are asked for at a bounded rate, a little
 * at a time; in a quiet group as fast as they come. It begins slowly: who comes back after a while has much else to do in
 * its first moments, with code that has not run for long, and a line that is slow must not be flooded before it is known.
 */
export class Courtesy {
  readonly #settings: EntrySettings;
  readonly #timing: SyncTiming;
  readonly #countMs: number;
  /** For so long nothing is committed before the group counts as quiet. */
  #quietMs: number;
  readonly #pace = new Pace();
  #ceiling: number;
  /** Entries that were committed since it began. */
  #seen = 0;
  /** When the group was last seen to commit. A session begins with the assumption that it does. */
  #busyAt: number;
  /** When the first entries came, or null. */
  #beganAt: number | null = null;
  /** Entries a second that the group commits, about. */
  #perSecond = 0;
  #countedAt: number;
  #counted = 0;
  /** Bytes, of all and of the leader. */
  #asked = 0;
  #askedOfLeader = 0;
  #bytes = 0;
  #entries = 0;

  constructor(settings: EntrySettings, ceiling: number, timing: SyncTiming, now: number) {
    this.#settings = settings;
    this.#timing = timing;
    this.#countMs = 2 * timing.heartbeatMs;
    this.#quietMs = this.#countMs;
    this.#ceiling = ceiling;
    this.#busyAt = now;
    this.#countedAt = now;
  }

  /** Looks at what the leader has announced. Called at each poll. */
  notice(ceiling: number, now: number): void {
    if (ceiling > this.#ceiling) {
      this.#busyAt = now;
      this.#seen += ceiling - this.#ceiling;
      // A group at work that stands still for a moment has a slow disk more often than a rest: fetching at full speed
      // is the last thing that it needs then. What stands for an election timeout has nothing to do, or no leader.
      if (this.#seen >= AT_WORK_ENTRIES) this.#quietMs = Math.max(this.#countMs, this.#timing.electionMs);
      this.#counted += ceiling - this.#ceiling;
      this.#ceiling = ceiling;
    }
    const passed = now - this.#countedAt;
    if (passed < this.#countMs) return;
    this.#perSecond = (this.#counted * 1000) / passed;
    this.#counted = 0;
    this.#countedAt = now;
  }

  /**
   * Whether the leader may be asked, where others could be. It serves the writes: while there are any, it gets every
   * eighth batch, by its length, so that it is known to serve if the others fail.
   */
  mayAskLeader(now: number): boolean {
    const { batchBytes, batchEntries } = this.#settings;
    const batch = Math.min(BUSY_BATCH_BYTES, batchBytes, batchEntries * this.#each);
    return !this.isBusy(now) || LEADER_EVERY * (this.#askedOfLeader + batch) <= this.#asked;
  }

  /** So many entries were asked for, and so many bytes at most, of the leader or of another. */
  asked(entries: number, most: number, leader: boolean): void {
    const bytes = Math.min(most, entries * this.#each);
    this.#asked += bytes;
    if (leader) this.#askedOfLeader += bytes;
  }

  /** Entries have come. */
  received(entries: number, bytes: number, now: number): void {
    this.#entries += entries;
    this.#bytes += bytes;
    this.#beganAt ??= now;
    if (!this.isBusy(now) || bytes === 0) return;
    const slow = bytes / this.#bytesPerSecond(now);
    // A single entry can be longer than a second's bytes at the beginning: it is no reason to wait for long.
    const most = bytes / this.#fullBytesPerSecond + (DOUBLINGS * DOUBLED_EVERY_MS) / 1000;
    this.#pace.spend(bytes, bytes / Math.min(slow, most), now);
  }

  isBusy(now: number): boolean {
    return this.#settings.busyBytesPerSecond > 0 && now - this.#busyAt < this.#quietMs;
  }

  /** Milliseconds until more may be asked for. */
  waitMs(now: number): number {
    return this.isBusy(now) ? this.#pace.waitMs(now) : 0;
  }

  requestsPerPeer(now: number): number {
    return this.isBusy(now) ? 1 : this.#settings.requestsPerPeer;
  }

  batchBytes(now: number): number {
    const { batchBytes } = this.#settings;
    return this.isBusy(now) ? Math.min(batchBytes, this.#busyBatchBytes(now)) : batchBytes;
  }

  /** As many entries as an answer of those bytes is likely to have. */
  batchEntries(now: number): number {
    const { batchEntries } = this.#settings;
    return this.isBusy(now)
      ? Math.min(batchEntries, Math.ceil(this.#busyBatchBytes(now) / this.#each))
      : batchEntries;
  }

  /** Bytes of an entry, about. */
  get #each(): number {
    return this.#entries === 0 ? TYPICAL_BYTES : Math.max(1, this.#bytes / this.#entries);
  }

  #busyBatchBytes(now: number): number {
    const bytes = Math.round((this.#bytesPerSecond(now) * BATCH_MS) / 1000);
    return Math.min(BUSY_BATCH_BYTES, Math.max(LEAST_BATCH_BYTES, bytes));
  }

  #bytesPerSecond(now: number): number {
    const passed = this.#beganAt === null ? 0 : now - this.#beganAt;
    return this.#fullBytesPerSecond * Math.min(1, 2 ** (passed / DOUBLED_EVERY_MS - DOUBLINGS));
  }

  get #fullBytesPerSecond(): number {
    return Math.max(this.#settings.busyBytesPerSecond, AHEAD * this.#perSecond * this.#each);
  }
}
