import type {
  AnyStateMachine,
  Index,
  PeerId,
  ProviderPoll,
  SyncProvider,
  SyncProviderContext,
} from '@smalti/core';
import { alteredContext, type EntryMessage, EntryServer } from '@smalti/sync-kit';
import { LeaseDesk } from './lease-desk.ts';
import { MAX_OFFERED, type Offered, type SnapshotSyncMessage } from './messages.ts';
import { entrySettings, type Settings } from './options.ts';
import { PartServer } from './part-server.ts';

type Context = SyncProviderContext<AnyStateMachine, SnapshotSyncMessage>;
type EntryContext = SyncProviderContext<AnyStateMachine, EntryMessage>;

/**
 * Serves the parts of this node's checkpoints, and the entries after them, and keeps both for sessions that need them.
 */
export class SnapshotSyncProvider implements SyncProvider<AnyStateMachine, SnapshotSyncMessage> {
  readonly #parts: PartServer;
  readonly #entries: EntryServer;
  readonly #leases: LeaseDesk;
  /** Who asked what there is, and found no room for the answer. */
  readonly #owed = new Map<PeerId, number>();

  constructor(settings: Settings) {
    this.#parts = new PartServer(settings);
    this.#entries = new EntryServer(entrySettings(settings));
    this.#leases = new LeaseDesk(settings);
  }

  receive(message: SnapshotSyncMessage, sender: PeerId, cx: Context): boolean {
    switch (message.type) {
      case 'ask':
        this.#parts.meet(sender, message.nonce);
        this.#offer(sender, message.nonce, cx);
        return true;
      case 'fetch':
        this.#parts.take(message, sender);
        return true;
      case 'lease':
        this.#leases.take(message, sender, cx);
        return true;
      case 'entries':
        return this.#entries.receive(message.message, sender, entryContext(cx));
      default:
        return false;
    }
  }

  poll(cx: Context): ProviderPoll {
    const bonded = new Set(cx.bonds.map(({ id }) => id));
    for (const [peer, nonce] of [...this.#owed]) {
      this.#owed.delete(peer);
      if (bonded.has(peer)) this.#offer(peer, nonce, cx);
    }
    this.#parts.poll(cx);
    return this.#entries.poll(entryContext(cx));
  }

  /** What the newest agreed checkpoint replaces, unless a session needs the log after an older one. */
  safeToPrunePrefix(cx: Context): Index | null {
    const agreed = cx.snapshots?.manifests().findLast((manifest) => manifest.agreed);
    const lowest = this.#leases.lowest(cx.clock.now());
    return Math.min(agreed?.anchor.index ?? 0, lowest ?? Number.POSITIVE_INFINITY) as Index;
  }

  close(): void {
    this.#parts.close();
    this.#entries.close();
  }

  #offer(peer: PeerId, nonce: number, cx: Context): void {
    const manifests = cx.snapshots?.manifests() ?? [];
    const checkpoints: Offered[] = manifests
      .slice(1 - MAX_OFFERED)
      .reverse()
      .map(({ anchor, root, bytes }) => ({ at: anchor, root, bytes }));
    const kept = this.#leases.keptFor(peer, cx.clock.now());
    if (kept !== null && !checkpoints.some(({ root }) => root === kept.root)) checkpoints.push(kept);
    if (!cx.sendTo(peer, { type: 'offer', nonce, checkpoints })) this.#owed.set(peer, nonce);
  }
}

function entryContext(cx: Context): EntryContext {
  return alteredContext<EntryContext>(cx, {
    sendTo: (peer, message) => cx.sendTo(peer, { type: 'entries', message }),
  });
}
