import type { Anchor, PeerId } from '@smalti/core';
import type { SessionContext } from './context.ts';

/** How often peers are told that there is progress, in milliseconds. */
const EVERY_MS = 5_000;

/** Asks peers to keep a checkpoint, and the log after it, for as long as there is progress. */
export class LeaseKeeper {
  readonly #nonce: number;
  readonly #told = new Map<
    PeerId,
    { readonly root: string; readonly at: number; readonly progress: number }
  >();

  constructor(nonce: number) {
    this.#nonce = nonce;
  }

  /** @param progress grows as the session gets on. */
  poll(anchor: Anchor, peers: readonly PeerId[], progress: number, cx: SessionContext): void {
    const now = cx.clock.now();
    for (const peer of peers) {
      const told = this.#told.get(peer);
      const fresh = told?.root === anchor.root;
      if (fresh && (told.progress === progress || now - told.at < EVERY_MS)) continue;
      if (this.#send(peer, anchor, false, cx)) this.#told.set(peer, { root: anchor.root, at: now, progress });
    }
  }

  release(anchor: Anchor, cx: SessionContext): void {
    for (const peer of this.#told.keys()) this.#send(peer, anchor, true, cx);
    this.#told.clear();
  }

  #send(peer: PeerId, { at, root }: Anchor, release: boolean, cx: SessionContext): boolean {
    return cx.sendTo(peer, { type: 'lease', nonce: this.#nonce, at, root, release });
  }
}
