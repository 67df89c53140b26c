import type { PeerId, PeerIdentity } from '@smalti/core';
import { holds, type Span } from './span.ts';

/** How peers that fail are treated. Times are in milliseconds, and double with each failure until a good answer. */
export interface PeerPolicy {
  /** The first rest of a peer that was too slow or too busy. */
  readonly slowRestMs: number;
  /** The first rest of a peer whose answer was wrong. */
  readonly wrongRestMs: number;
  /** The longest rest. */
  readonly maxRestMs: number;
  /** After so many wrong answers a peer is asked only when nobody else is left. */
  readonly wrongLimit: number;
}

/**
 * What is expected of a peer: `good`; `resting` after a failure; `barred` after too many wrong answers.
 */
export type Standing = 'good' | 'resting' | 'barred';

/** A peer that is too slow is asked for less at a time, down to this share of the usual. */
const LEAST_SHARE = 1 / 4;

interface PeerRecord {
  incarnation: string;
  boot: string;
  bonded: boolean;
  available: Span | null;
  saidAt: number | null;
  askedAt: number | null;
  firstAskedAt: number | null;
  askAgain: boolean;
  failures: number;
  wrong: number;
  restsFrom: number;
  restsUntil: number;
  wrongRest: boolean;
  share: number;
}

/**
 * The peers of a session: who is there, what they say they have, and how far they are trusted with work. Those that
 * leave are remembered, so that nobody gets rid of a bad name by coming back.
 */
export class PeerBook {
  readonly #policy: PeerPolicy;
  readonly #records = new Map<PeerId, PeerRecord>();

  constructor(policy: PeerPolicy) {
    this.#policy = policy;
  }

  /** Ids of those that are bonded, in the order of their ids. */
  get bonded(): readonly PeerId[] {
    return [...this.#records].filter(([, { bonded }]) => bonded).map(([id]) => id);
  }

  /** Takes notice of who is bonded now. A peer that restarted meanwhile has left and joined. */
  meet(bonds: readonly PeerIdentity[]): {
    readonly joined: readonly PeerId[];
    readonly left: readonly PeerId[];
  } {
    const now = new Map(bonds.map((peer) => [peer.id, peer]));
    const left: PeerId[] = [];
    for (const [id, record] of this.#records) {
      const peer = now.get(id);
      if (!record.bonded || (peer?.incarnation === record.incarnation && peer.boot === record.boot)) continue;
      Object.assign(record, {
        bonded: false,
        available: null,
        saidAt: null,
        askedAt: null,
        firstAskedAt: null,
      });
      left.push(id);
    }
    const joined = bonds.filter(({ id }) => this.#records.get(id)?.bonded !== true);
    for (const { id, incarnation, boot } of joined) {
      const record = this.#records.get(id) ?? newRecord();
      this.#records.set(id, Object.assign(record, { bonded: true, incarnation, boot }));
    }
    return { joined: joined.map(({ id }) => id), left };
  }

  /** It was asked what it has. */
  asked(id: PeerId, now: number): void {
    const firstAskedAt = this.#records.get(id)?.firstAskedAt ?? now;
    this.#update(id, { askedAt: now, firstAskedAt, askAgain: false });
  }

  /** It says what it has: null is nothing. */
  says(id: PeerId, available: Span | null, now: number): void {
    this.#update(id, { available, saidAt: now });
  }

  /** It says in place of an answer that it has something else. */
  corrects(id: PeerId, available: Span | null): void {
    this.#update(id, { available, askAgain: true });
  }

  /** It gave a good answer. If it was not in time it is asked for less at a time. */
  good(id: PeerId, inTime: boolean): void {
    const record = this.#records.get(id);
    if (record === undefined) return;
    record.failures = 0;
    if (!record.wrongRest) record.restsUntil = record.restsFrom;
    if (inTime) record.share = Math.min(1, record.share * 2);
  }

  /** It did not answer in time, or was too busy to. What fails while it rests is the same failure. */
  slow(id: PeerId, now: number): void {
    const record = this.#records.get(id);
    if (record === undefined || now < record.restsUntil) return;
    record.share = Math.max(LEAST_SHARE, record.share / 2);
    this.#rest(record, now, this.#policy.slowRestMs, false);
  }

  /** Its answer was wrong. True if it is asked no more while there is anybody else. */
  wrong(id: PeerId, now: number): boolean {
    const record = this.#records.get(id);
    if (record === undefined) return false;
    record.wrong++;
    this.#rest(record, now, this.#policy.wrongRestMs, true);
    return record.wrong >= this.#policy.wrongLimit;
  }

  standing(id: PeerId, now: number): Standing {
    const record = this.#records.get(id);
    if (record === undefined || record.wrong >= this.#policy.wrongLimit) return 'barred';
    return now < record.restsUntil ? 'resting' : 'good';
  }

  /** Which share of the usual amount it is asked for at a time: 1/4 to 1. */
  share(id: PeerId): number {
    return this.#records.get(id)?.share ?? 1;
  }

  /** What it said it has, or null. */
  available(id: PeerId): Span | null {
    return this.#records.get(id)?.available ?? null;
  }

  /** When it last said what it has, or null. */
  saidAt(id: PeerId): number | null {
    return this.#records.get(id)?.saidAt ?? null;
  }

  /** True if somebody was asked for the first time less than so many milliseconds ago, and has not answered. */
  awaits(now: number, withinMs: number): boolean {
    return [...this.#records.values()].some(
      ({ bonded, saidAt, firstAskedAt }) =>
        bonded && saidAt === null && firstAskedAt !== null && now - firstAskedAt < withinMs,
    );
  }

  /**
   * Who can be asked for what is at that position now. Those in good standing; if there are none, those that rest for
   * slowness and have said meanwhile what they have; if there are none either, the barred whose rest is over.
   */
  servers(position: number, now: number): readonly PeerId[] {
    const having = [...this.#records].filter(
      ([, { bonded, available }]) => bonded && available !== null && holds(available, position),
    );
    const standing = (wanted: Standing) => having.filter(([id]) => this.standing(id, now) === wanted);
    const good = standing('good');
    if (good.length > 0) return good.map(([id]) => id);
    const back = standing('resting').filter(
      ([, { wrongRest, saidAt, restsFrom }]) => !wrongRest && saidAt !== null && saidAt > restsFrom,
    );
    if (back.length > 0) return back.map(([id]) => id);
    return standing('barred')
      .filter(([, { restsUntil }]) => now >= restsUntil)
      .map(([id]) => id);
  }

  /**
   * Who should be asked what it has: everybody every `everyMs`, and not within `leastMs` of the last time; earlier
   * than `everyMs` those that were never asked or have failed since, and everybody if it is `urgent`.
   */
  toAsk(now: number, everyMs: number, leastMs: number, urgent: boolean): readonly PeerId[] {
    return this.bonded.filter((id) => {
      const { askedAt, askAgain } = this.#records.get(id) as PeerRecord;
      if (askedAt === null) return true;
      return now - askedAt >= (urgent || askAgain ? leastMs : everyMs);
    });
  }

  /** When the next rest ends, or null. */
  nextRestEnd(now: number): number | null {
    const ends = [...this.#records.values()]
      .filter(({ bonded }) => bonded)
      .map(({ restsUntil }) => restsUntil);
    return ends.reduce<number | null>(
      (least, end) => (end > now && (least === null || end < least) ? end : least),
      null,
    );
  }

  #rest(record: PeerRecord, now: number, firstMs: number, wrong: boolean): void {
    const ms = Math.min(this.#policy.maxRestMs, firstMs * 2 ** Math.min(record.failures, 30));
    record.failures++;
    record.restsFrom = now;
    record.restsUntil = Math.max(record.restsUntil, now + ms);
    record.wrongRest = wrong;
    record.askAgain = true;
  }

  #update(id: PeerId, change: Partial<PeerRecord>): void {
    const record = this.#records.get(id);
    if (record?.bonded) Object.assign(record, change);
  }
}

function newRecord(): PeerRecord {
  return {
    incarnation: '',
    boot: '',
    bonded: false,
    available: null,
    saidAt: null,
    askedAt: null,
    firstAskedAt: null,
    askAgain: false,
    failures: 0,
    wrong: 0,
    restsFrom: Number.NEGATIVE_INFINITY,
    restsUntil: Number.NEGATIVE_INFINITY,
    wrongRest: false,
    share: 1,
  };
}
