import type { PeerId } from '@smalti/core';
import { MAX_STRATEGIES } from './bounds.ts';
import { isStrategyName, isVersionRange } from './dialect.ts';
import type { Notes } from './notes.ts';
import type { SyncOffer, SyncPort } from './port.ts';

/** What is known of one bonded peer. */
interface Known {
  /** By strategy; null until the peer has told. */
  offers: ReadonlyMap<string, SyncOffer> | null;
  /** When it was asked last, in the clock's milliseconds. */
  askedAt: number;
  /** Strategies without a common version, of which it was told. */
  readonly told: Set<string>;
}

/**
 * Which versions of which strategy each bonded peer speaks. Both sides tell when a bond begins; who still does not
 * know when it has something to send, asks.
 */
export class PeerVersions {
  readonly #port: SyncPort;
  readonly #notes: Notes;
  readonly #own: readonly SyncOffer[];
  readonly #peers = new Map<PeerId, Known>();

  constructor(port: SyncPort, notes: Notes, own: readonly SyncOffer[]) {
    this.#port = port;
    this.#notes = notes;
    this.#own = own;
  }

  bonded(peer: PeerId): void {
    this.#peers.set(peer, { offers: null, askedAt: Number.NEGATIVE_INFINITY, told: new Set() });
    this.#port.offer(peer, this.#own, false);
  }

  unbonded(peer: PeerId): void {
    this.#peers.delete(peer);
  }

  /** A peer tells what it speaks. What cannot be is left out. */
  offered(sender: PeerId, offers: readonly SyncOffer[], ask: boolean): void {
    const known = this.#peers.get(sender);
    if (known === undefined) return;
    const legal = offers
      .slice(0, MAX_STRATEGIES)
      .filter(({ strategy, min, max }) => isStrategyName(strategy) && isVersionRange(min, max));
    known.offers = new Map(legal.map((offer) => [offer.strategy, offer]));
    if (ask) this.#port.offer(sender, this.#own, false);
  }

  /** The highest version that both speak, or null: then the peer is asked if it has not told yet. */
  common(peer: PeerId, own: SyncOffer): number | null {
    const known = this.#peers.get(peer);
    if (known === undefined) return null;
    if (known.offers === null) {
      this.#ask(peer, known);
      return null;
    }
    const theirs = known.offers.get(own.strategy);
    const highest = Math.min(theirs?.max ?? 0, own.max);
    if (theirs !== undefined && highest >= Math.max(theirs.min, own.min)) return highest;
    if (!known.told.has(own.strategy)) {
      known.told.add(own.strategy);
      const there = theirs === undefined ? 'nothing of it' : `${theirs.min} to ${theirs.max}`;
      const text = `${own.strategy}: ${peer} speaks ${there}, and this node ${own.min} to ${own.max}: upgrade the older one`;
      this.#notes.warn(`versions ${own.strategy} ${peer}`, text, { strategy: own.strategy, peer });
    }
    return null;
  }

  #ask(peer: PeerId, known: Known): void {
    const now = this.#port.clock.now();
    if (now - known.askedAt < this.#port.timing.electionMs) return;
    known.askedAt = now;
    this.#port.offer(peer, this.#own, true);
  }
}
