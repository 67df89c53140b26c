import type { PeerId } from '@smalti/core';
import { Latencies } from './latencies.ts';
import { holds, type Span } from './span.ts';

/** One question to one peer. */
export interface Request {
  readonly id: number;
  readonly peer: PeerId;
  readonly span: Span;
  /** What its answer may weigh. */
  readonly bytes: number;
  readonly sentAt: number;
  /** The request that this one repeats elsewhere, or null. */
  readonly hedgeOf: number | null;
}

export interface RequestPatience {
  /** How long a peer may be silent, in milliseconds, before its requests are given to others. */
  readonly silenceMs: number;
  /** The longest that any request is waited for, in milliseconds. */
  readonly capMs: number;
  /** The least time after which a request is worth asking elsewhere too, in milliseconds. */
  readonly hedgeMs: number;
}

/** Answers that come after their time are still waited for, so many at most. */
const MAX_LATE = 64;

/**
 * What was asked and not answered. Ids are unique within the table and begin at 1.
 *
 * A peer is given up for silence, not for slowness: each answer of it renews the time of its other requests. What was
 * given up is `late`: it counts for nothing any more, and its answer is still known if it comes within `capMs`, so
 * that a slow link makes progress.
 */
export class RequestTable {
  readonly #patience: RequestPatience;
  readonly #latencies = new Latencies();
  readonly #live = new Map<number, Request>();
  readonly #late = new Map<number, Request>();
  readonly #hedged = new Set<number>();
  readonly #heard = new Map<PeerId, number>();
  #lastId = 0;

  constructor(patience: RequestPatience) {
    this.#patience = patience;
  }

  /** Those that are waited for, in the order in which they were sent. */
  get live(): readonly Request[] {
    return [...this.#live.values()];
  }

  /** What the answers that are waited for may weigh. */
  get bytes(): number {
    let bytes = 0;
    for (const request of this.#live.values()) bytes += request.bytes;
    return bytes;
  }

  /** The id that the next request gets. */
  get nextId(): number {
    return this.#lastId + 1;
  }

  /** How many of a peer's answers are waited for. */
  inFlight(peer: PeerId): number {
    return count(this.#live.values(), peer);
  }

  /** How many answers of a peer are late, and may still come. */
  late(peer: PeerId): number {
    return count(this.#late.values(), peer);
  }

  /** True if a peer was asked for that position after that time, and may still answer though it is late. */
  owes(peer: PeerId, position: number, since: number): boolean {
    for (const { span, sentAt, ...request } of this.#late.values()) {
      if (request.peer === peer && sentAt > since && holds(span, position)) return true;
    }
    return false;
  }

  add(request: Omit<Request, 'id' | 'hedgeOf'>, hedgeOf: number | null = null): Request {
    const added: Request = { ...request, id: ++this.#lastId, hedgeOf };
    this.#live.set(added.id, added);
    // Two at a time for one span: a third would only add to whatever makes both slow.
    if (hedgeOf !== null) this.#hedged.add(hedgeOf).add(added.id);
    return added;
  }

  /** The request of that id, live or late; undefined if it was answered, dropped or never made. */
  find(id: number): Request | undefined {
    return this.#live.get(id) ?? this.#late.get(id);
  }

  /** It was answered. True if it was in time. */
  answered(request: Request, now: number): boolean {
    const inTime = this.#live.has(request.id);
    this.#forget(request.id);
    this.#heard.set(request.peer, now);
    this.#latencies.record(now - request.sentAt);
    return inTime;
  }

  /** Gives up what was waited for too long, and says what. */
  expire(now: number): Request[] {
    for (const [id, request] of this.#late) {
      if (now - request.sentAt >= this.#patience.capMs) this.#forget(id);
    }
    const expired = this.live.filter((request) => now >= this.#deadline(request));
    for (const request of expired) this.#makeLate(request);
    return expired;
  }

  /** Gives up all that was asked of a peer, though it may still answer, and says what. */
  giveUp(peer: PeerId): Request[] {
    const given = this.live.filter((request) => request.peer === peer);
    for (const request of given) this.#makeLate(request);
    return given;
  }

  /** Forgets all that was asked of a peer: no answer will come. Says what was waited for. */
  drop(peer: PeerId): Request[] {
    const dropped = this.live.filter((request) => request.peer === peer);
    for (const request of [...dropped, ...this.#late.values()]) {
      if (request.peer === peer) this.#forget(request.id);
    }
    this.#heard.delete(peer);
    return dropped;
  }

  /** Those that are worth asking elsewhere too, the oldest first. */
  worthHedging(now: number): Request[] {
    const after = this.#hedgeAfter();
    return this.live.filter(({ id, sentAt }) => now - sentAt >= after && !this.#hedged.has(id));
  }

  /** When one of the methods above will have something new to say, or null. */
  nextAt(now: number): number | null {
    const after = this.#hedgeAfter();
    let next: number | null = null;
    for (const request of this.#live.values()) {
      const hedgeAt = request.sentAt + after;
      const hedging = !this.#hedged.has(request.id) && hedgeAt > now;
      const at = hedging ? Math.min(hedgeAt, this.#deadline(request)) : this.#deadline(request);
      if (next === null || at < next) next = at;
    }
    return next;
  }

  #hedgeAfter(): number {
    return Math.max(this.#patience.hedgeMs, 4 * (this.#latencies.percentile(0.95) ?? 0));
  }

  #deadline({ peer, sentAt }: Request): number {
    const { silenceMs, capMs } = this.#patience;
    const heardAt = Math.max(sentAt, this.#heard.get(peer) ?? sentAt);
    return Math.min(heardAt + silenceMs, sentAt + capMs);
  }

  #makeLate(request: Request): void {
    this.#forget(request.id);
    this.#late.set(request.id, request);
    for (const id of this.#late.keys()) {
      if (this.#late.size <= MAX_LATE) break;
      this.#late.delete(id);
    }
  }

  #forget(id: number): void {
    const request = this.find(id);
    this.#live.delete(id);
    this.#late.delete(id);
    this.#hedged.delete(id);
    // The other half of the pair may be asked elsewhere again, now that it is alone.
    const twin = request?.hedgeOf ?? [...this.#live.values()].find(({ hedgeOf }) => hedgeOf === id)?.id;
    if (twin !== undefined) this.#hedged.delete(twin);
  }
}

function count(requests: Iterable<Request>, peer: PeerId): number {
  let found = 0;
  for (const request of requests) if (request.peer === peer) found++;
  return found;
}
