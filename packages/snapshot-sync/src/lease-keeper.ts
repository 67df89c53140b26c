import type { Anchor, PeerId, SyncFarewell } from '@smalti/core';
import type { SessionContext } from './context.ts';
import type { SnapshotSyncMessage } from './messages.ts';

/** How often peers are told that there is progress, in milliseconds. */
const EVERY_MS = 5_000;

/** Asks peers to keep a checkpoint, and the log after it, for as long as there is progress. */
export class LeaseKeeper {
  readonly #nonce: number;
  readonly #told = new Map<
    PeerId,
    { readonly anchor: Anchor; readonly at: number; readonly progress: number }
  >();

  constructor(nonce: number) {
    this.#nonce = nonce;
  }

  /** @param progress grows as the session gets on. */
  poll(anchor: Anchor, peers: readonly PeerId[], progress: number, cx: SessionContext): void {
    const now = cx.clock.now();
    for (const peer of peers) {
      const told = this.#told.get(peer);
      const fresh = told?.anchor.root === anchor.root;
      if (fresh && (told.progress === progress || now - told.at < EVERY_MS)) continue;
      if (this.#send(peer, anchor, false, cx)) this.#told.set(peer, { anchor, at: now, progress });
    }
  }

  /** Nothing more has to be kept for the session. To whom it cannot be said, it ends by itself. */
  release(farewell: SyncFarewell<SnapshotSyncMessage>): void {
    for (const [peer, { anchor }] of this.#told) this.#send(peer, anchor, true, farewell);
    this.#told.clear();
  }

  #send(
    peer: PeerId,
    { at, root }: Anchor,
    release: boolean,
    to: SyncFarewell<SnapshotSyncMessage>,
  ): boolean {
    return to.sendTo(peer, { type: 'lease', nonce: this.#nonce, at, root, release });
  }
}
