import { Pace } from '../pace.ts';
import type { EntrySettings } from './entry-settings.ts';

/** So many times as fast as the group writes is fetched at least, or the end would never be reached. */
const AHEAD = 4;
const LEADER_EVERY = 8;
/** Bytes of one answer at a time while the group is at work: short enough to be no stall for whoever serves it. */
const BUSY_BATCH_BYTES = 64 * 1024;
/** Of an entry, before any was seen. */
const TYPICAL_BYTES = 256;

/**
 * Whoever serves entries also serves writes. While the group commits, entries are asked for at a bounded rate, a little
 * at a time; in a quiet group as fast as they come.
 */
export class Courtesy {
  readonly #settings: EntrySettings;
  readonly #quietMs: number;
  readonly #pace = new Pace();
  #ceiling: number;
  /** When the group was last seen to commit. A session begins with the assumption that it does. */
  #busyAt: number;
  /** Entries a second that the group commits, about. */
  #perSecond = 0;
  #countedAt: number;
  #counted = 0;
  #asked = 0;
  #askedOfLeader = 0;
  #bytes = 0;
  #entries = 0;

  constructor(settings: EntrySettings, ceiling: number, heartbeatMs: number, now: number) {
    this.#settings = settings;
    this.#quietMs = 2 * heartbeatMs;
    this.#ceiling = ceiling;
    this.#busyAt = now;
    this.#countedAt = now;
  }

  /** Looks at what the leader has announced. Called at each poll. */
  notice(ceiling: number, now: number): void {
    if (ceiling > this.#ceiling) {
      this.#busyAt = now;
      this.#counted += ceiling - this.#ceiling;
      this.#ceiling = ceiling;
    }
    const passed = now - this.#countedAt;
    if (passed < this.#quietMs) return;
    this.#perSecond = (this.#counted * 1000) / passed;
    this.#counted = 0;
    this.#countedAt = now;
  }

  /**
   * Whether the leader may be asked, where others could be. It serves the writes: while there are any, it gets every
   * eighth request, so that it is known to serve if the others fail.
   */
  mayAskLeader(now: number): boolean {
    return !this.isBusy(now) || LEADER_EVERY * this.#askedOfLeader < this.#asked;
  }

  asked(leader: boolean): void {
    this.#asked += 1;
    if (leader) this.#askedOfLeader += 1;
  }

  /** Entries have come. */
  received(entries: number, bytes: number, now: number): void {
    this.#entries += entries;
    this.#bytes += bytes;
    if (this.isBusy(now)) this.#pace.spend(bytes, this.#bytesPerSecond(), now);
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
    return this.isBusy(now) ? Math.min(batchBytes, BUSY_BATCH_BYTES) : batchBytes;
  }

  /** As many entries as an answer of those bytes is likely to have. */
  batchEntries(now: number): number {
    const { batchEntries } = this.#settings;
    return this.isBusy(now) ? Math.min(batchEntries, Math.ceil(BUSY_BATCH_BYTES / this.#each)) : batchEntries;
  }

  /** Bytes of an entry, about. */
  get #each(): number {
    return this.#entries === 0 ? TYPICAL_BYTES : Math.max(1, this.#bytes / this.#entries);
  }

  #bytesPerSecond(): number {
    return Math.max(this.#settings.busyBytesPerSecond, AHEAD * this.#perSecond * this.#each);
  }
}
