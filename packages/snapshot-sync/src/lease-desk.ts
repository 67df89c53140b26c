import type {
  AnyStateMachine,
  Index,
  PartName,
  PeerId,
  SnapshotLease,
  SyncProviderContext,
} from '@smalti/core';
import type { Lease, Offered, SnapshotSyncMessage } from './messages.ts';
import type { Settings } from './options.ts';

type Context = SyncProviderContext<AnyStateMachine, SnapshotSyncMessage>;

/** Peers for whom something is kept at once. More find what they find. */
const MAX_LEASES = 12;

interface Held {
  readonly nonce: number;
  readonly lease: SnapshotLease;
  readonly offered: Offered;
  until: number;
}

/**
 * What is kept for sessions of peers: a checkpoint, and the log after it. A session renews as long as it makes progress;
 * bounded in number, in bytes of checkpoints that would be dropped otherwise, and in time.
 */
export class LeaseDesk {
  readonly #settings: Settings;
  readonly #held = new Map<PeerId, Held>();
  /** Since when something has been kept for a session of a peer, also after that was over. */
  readonly #since = new Map<PeerId, { readonly nonce: number; readonly at: number }>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  take(message: Lease, sender: PeerId, cx: Context): void {
    const now = cx.clock.now();
    this.#dropEnded(now);
    const held = this.#held.get(sender);
    const same = held?.nonce === message.nonce && held.lease.root === message.root;
    if (message.release) {
      if (same) this.release(sender);
      return;
    }
    const { leaseMs, maxLeaseMs } = this.#settings;
    const manifests = cx.snapshots?.manifests() ?? [];
    const newest = manifests.at(-1)?.root ?? null;
    if (held !== undefined && same) {
      // What was the newest when it was asked for may be kept for this alone by now, and counts. Who came first goes first.
      if (this.#bytesUpTo(sender, newest) > this.#settings.leasedBytes) {
        this.#refuse(sender, held.offered, cx);
        return;
      }
      held.until = Math.min(now + leaseMs, this.#sinceOf(sender, message.nonce, now) + maxLeaseMs);
      held.lease.renew(held.until);
      return;
    }
    this.release(sender);
    const manifest = manifests.find(({ root }) => root === message.root);
    if (manifest === undefined || cx.snapshots === null) return;
    const offered = { at: manifest.anchor, root: manifest.root, bytes: manifest.bytes };
    // The newest is kept anyway: it costs nothing, whatever is kept for others.
    const all = manifest.root === newest ? 0 : this.#bytesUpTo(null, newest, offered);
    if (this.#held.size >= MAX_LEASES || all > this.#settings.leasedBytes) {
      this.#refuse(sender, offered, cx);
      return;
    }
    const until = Math.min(now + leaseMs, this.#sinceOf(sender, message.nonce, now) + maxLeaseMs);
    if (until <= now) return;
    const lease = cx.snapshots.lease(message.root, until);
    const { nonce } = message;
    this.#held.set(sender, { nonce, lease, offered, until });
  }

  release(peer: PeerId): void {
    this.#held.get(peer)?.lease.release();
    this.#held.delete(peer);
  }

  /** What is kept for that peer, which may have been dropped meanwhile, or null. */
  keptFor(peer: PeerId, now: number): Offered | null {
    this.#dropEnded(now);
    return this.#held.get(peer)?.offered ?? null;
  }

  /** The lowest anchor that is kept, or null. */
  lowest(now: number): Index | null {
    this.#dropEnded(now);
    const indices = [...this.#held.values()].map(({ offered }) => offered.at.index);
    return indices.length === 0 ? null : (Math.min(...indices) as Index);
  }

  /**
   * Bytes of checkpoints other than the newest that are kept for peers, up to that one in the order in which they came, or
   * for all of them and what is offered besides. Of sessions that fetch the same it is there once.
   */
  #bytesUpTo(last: PeerId | null, newest: PartName | null, besides: Offered | null = null): number {
    const kept = new Map<PartName, number>();
    for (const [peer, { offered }] of this.#held) {
      kept.set(offered.root, offered.bytes);
      if (peer === last) break;
    }
    if (besides !== null) kept.set(besides.root, besides.bytes);
    if (newest !== null) kept.delete(newest);
    return [...kept.values()].reduce((sum, bytes) => sum + bytes, 0);
  }

  #refuse(peer: PeerId, { at }: Offered, cx: Context): void {
    const fields = { peer, index: at.index, most: this.#settings.leasedBytes };
    cx.logger.warn('a checkpoint is not kept for a peer: too much is kept already', fields);
  }

  #sinceOf(peer: PeerId, nonce: number, now: number): number {
    const known = this.#since.get(peer);
    if (known?.nonce === nonce) return known.at;
    this.#since.set(peer, { nonce, at: now });
    return now;
  }

  #dropEnded(now: number): void {
    for (const [peer, { until }] of this.#held) if (until <= now) this.release(peer);
  }
}
