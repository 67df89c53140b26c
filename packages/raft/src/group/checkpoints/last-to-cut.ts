import type { Index, MemberKey } from '@smalti/core';
import { hasQuorum, votersOf } from '../../engine/quorum.ts';
import type { OpenMarker } from './ledger.ts';
import type { ReportBook } from './reports.ts';

/** How long a leader waits for the others' reports, at most: a share of the time after which a checkpoint is given up. */
const SHARE = 1 / 4;
/** The same while nothing is agreed on without its own report: what is left has to suffice for cutting its state. */
const NEEDED_SHARE = 1 / 8;
/** Once one has reported: so many times as long as that one took, and so many milliseconds, at least. */
const PATIENCE = 2;
const LEAST_MS = 5_000;

/** What is asked of the surroundings. */
export interface LastToCutPort {
  readonly self: MemberKey;
  isBonded(member: MemberKey): boolean;
}

/** Followers cut first, those that are there, and the leader last: it has the most to do besides. */
export class LastToCut {
  readonly #abandonMs: number;
  readonly #book: Pick<ReportBook, 'get' | 'of'>;
  readonly #port: LastToCutPort;
  /** How long the first of the others took to report that marker. */
  #first: { readonly marker: Index; readonly tookMs: number } | null = null;

  constructor(abandonMs: number, book: Pick<ReportBook, 'get' | 'of'>, port: LastToCutPort) {
    this.#abandonMs = abandonMs;
    this.#book = book;
    this.#port = port;
  }

  /** For how many milliseconds more the leader leaves what it captured then alone, unless somebody reports. */
  waitMs({ at, configuration }: OpenMarker, since: number, now: number): number {
    const { self } = this.#port;
    const reports = this.#book.of(at.index);
    const hasReported = (key: MemberKey): boolean => key !== self && reports.has(key);
    if (this.#first?.marker !== at.index) this.#first = null;
    if (this.#first === null && votersOf(configuration).some(hasReported)) {
      this.#first = { marker: at.index, tookMs: now - since };
    }
    const isWaitedFor = (key: MemberKey): boolean => {
      const word = this.#book.get(key);
      // One that keeps no checkpoints, or whose machine has failed, has nothing to cut.
      const cannot = word !== null && (word.format === 0 || word.failed !== null);
      return key !== self && !reports.has(key) && this.#port.isBonded(key) && !cannot;
    };
    if (hasQuorum(configuration, hasReported) || !votersOf(configuration).some(isWaitedFor)) return 0;
    const isNeeded = !hasQuorum(configuration, (key) => hasReported(key) || isWaitedFor(key));
    const most = this.#abandonMs * (isNeeded ? NEEDED_SHARE : SHARE);
    const patience =
      this.#first === null ? most : Math.min(most, Math.max(LEAST_MS, this.#first.tookMs * PATIENCE));
    return Math.max(0, since + patience - now);
  }
}
