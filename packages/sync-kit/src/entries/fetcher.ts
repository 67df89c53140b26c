import type { PeerId } from '@smalti/core';
import { choosePeer } from '../choose-peer.ts';
import { holesOf, lengthOf, type Span } from '../span.ts';
import { RUN_OVERHEAD_BYTES } from './entry-messages.ts';
import { ENTRY_OVERHEAD_BYTES, type Episode, missingIn, type SessionContext } from './episode.ts';

/**
 * Sends requests as long as there are entries to ask for, peers to ask and room for the answers: first again what is
 * answered too slowly, then what was not asked for, the lowest index first. Called at each poll.
 */
export class Fetcher {
  readonly #episode: Episode;
  readonly #cx: SessionContext;
  readonly #now: number;
  /** Peers to whom nothing can be sent in this poll. */
  readonly #full = new Set<PeerId>();
  /** How many requests a peer may have in flight. */
  readonly #limit: number;

  constructor(episode: Episode, cx: SessionContext) {
    this.#episode = episode;
    this.#cx = cx;
    this.#now = cx.clock.now();
    const { courtesy, peers } = episode;
    // Whoever is the first to say what it has must not get all the work, and the leader none before the others.
    const early = peers.awaits(this.#now, cx.timing.heartbeatMs);
    this.#limit = early ? 1 : courtesy.requestsPerPeer(this.#now);
    if (early) this.#full.add(cx.leader());
  }

  /** Asks a second peer for what the first has not answered in good time. Whoever is first wins. */
  hedge(): void {
    for (const request of this.#episode.requests.worthHedging(this.#now)) {
      const hole = missingIn(this.#episode, request)[0];
      if (hole !== undefined) this.#ask(hole, new Set([request.peer]), request.id);
    }
  }

  /** Divides what is missing among the peers. */
  plan(): void {
    const { courtesy, requests, runs, settings } = this.#episode;
    if (courtesy.waitMs(this.#now) > 0) return;
    const { ceiling, position } = this.#cx;
    const whole = { first: runs.next, last: ceiling };
    const asked = requests.live.map(({ span }) => span);
    const holes = holesOf(whole, [...runs.spans, ...asked]);
    const missing = holes.reduce((sum, hole) => sum + lengthOf(hole), 0);
    const lastHeld = runs.spans.at(-1)?.first ?? 0;
    for (const hole of holes) {
      // Less than a batch beyond the position is the leader's to send: a steady load would keep the session for ever.
      if (hole.first > position.index && missing < settings.batchEntries && hole.first > lastHeld) return;
      for (let first = hole.first; first <= hole.last; ) {
        const span = this.#ask({ first, last: hole.last });
        if (span === 'no-room') return;
        first = span === 'nobody' ? this.#nextBorder(first) : span.last + 1;
      }
    }
  }

  /** Asks somebody for a beginning of the hole, and says what was asked for. */
  #ask(hole: Span, except?: ReadonlySet<PeerId>, hedgeOf: number | null = null): Span | 'no-room' | 'nobody' {
    const { courtesy, peers, requests } = this.#episode;
    // What a peer owes is on its way, as nothing gets lost within a bond. It may have given up, so not for ever.
    const owedSince = this.#now - 4 * this.#cx.timing.electionMs;
    const leader = this.#cx.leader();
    const able = peers
      .servers(hole.first, this.#now)
      .filter((id) => !requests.owes(id, hole.first, owedSince));
    const others = able.filter((id) => id !== leader);
    const servers = others.length === 0 || courtesy.mayAskLeader(this.#now) ? able : others;
    for (;;) {
      const peer = choosePeer({
        servers,
        lastResort: leader,
        limit: this.#limit,
        inFlight: (id) => this.#loadOf(id),
        except: except === undefined ? this.#full : new Set([...this.#full, ...except]),
      });
      if (peer === null) return 'nobody';
      const share = peers.share(peer);
      const entries = Math.max(1, Math.floor(courtesy.batchEntries(this.#now) * share));
      const last = Math.min(hole.last, hole.first + entries - 1, peers.available(peer)?.last ?? hole.last);
      const span = { first: hole.first, last };
      const maxBytes = Math.max(1, Math.floor(this.#batchBytes() * share));
      if (!this.#hasRoom(span, maxBytes)) return 'no-room';
      if (this.#send(peer, span, maxBytes, hedgeOf)) return span;
      this.#full.add(peer);
    }
  }

  #send(peer: PeerId, span: Span, maxBytes: number, hedgeOf: number | null): boolean {
    const { nonce, requests } = this.#episode;
    const id = requests.nextId;
    if (!this.#cx.sendTo(peer, { type: 'fetch', nonce, id, ...span, maxBytes })) return false;
    requests.add({ peer, span, bytes: maxBytes, sentAt: this.#now }, hedgeOf);
    this.#episode.courtesy.asked(lengthOf(span), maxBytes, peer === this.#cx.leader());
    return true;
  }

  #batchBytes(): number {
    const { courtesy, settings } = this.#episode;
    const { windowBytes } = settings;
    return Math.min(
      courtesy.batchBytes(this.#now),
      windowBytes,
      Math.max(1, this.#cx.maxMessageBytes - RUN_OVERHEAD_BYTES),
    );
  }

  /** What a peer owes counts as well, and one request at a time is always left to find out whether it is back. */
  #loadOf(peer: PeerId): number {
    const { courtesy, requests } = this.#episode;
    return requests.inFlight(peer) + Math.min(requests.late(peer), courtesy.requestsPerPeer(this.#now) - 1);
  }

  /** Answers find room together with all that is held; what comes next is let in when nothing else can make room. */
  #hasRoom({ first, last }: Span, maxBytes: number): boolean {
    const { requests, runs, settings } = this.#episode;
    let bytes = runs.bytes + maxBytes + (last - first + 1) * ENTRY_OVERHEAD_BYTES;
    for (const request of requests.live)
      bytes += request.bytes + lengthOf(request.span) * ENTRY_OVERHEAD_BYTES;
    return bytes <= settings.windowBytes || (first === runs.next && runs.takenBytes === 0);
  }

  /** The next index at which another peer may have something. */
  #nextBorder(index: number): number {
    const { peers } = this.#episode;
    let border = Number.POSITIVE_INFINITY;
    for (const peer of peers.bonded) {
      const { first, last } = peers.available(peer) ?? { first: 0, last: 0 };
      if (first > index) border = Math.min(border, first);
      if (last >= index) border = Math.min(border, last + 1);
    }
    return border;
  }
}
