import type { AnyStateMachine, Index, PeerId, SnapshotLease, SyncProviderContext } from '@smalti/core';
import type { Lease, Offered, SnapshotSyncMessage } from './messages.ts';
import type { Settings } from './options.ts';

type Context = SyncProviderContext<AnyStateMachine, SnapshotSyncMessage>;

/** Peers for whom something is kept at once. More find what they find. */
const MAX_LEASES = 12;

interface Held {
  readonly nonce: number;
  readonly lease: SnapshotLease;
  readonly offered: Offered;
  readonly bytes: number;
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
    if (held !== undefined && same) {
      held.until = Math.min(now + leaseMs, this.#sinceOf(sender, message.nonce, now) + maxLeaseMs);
      held.lease.renew(held.until);
      return;
    }
    this.release(sender);
    const manifests = cx.snapshots?.manifests() ?? [];
    const manifest = manifests.find(({ root }) => root === message.root);
    if (manifest === undefined || cx.snapshots === null) return;
    const bytes = manifest === manifests.at(-1) ? 0 : manifest.bytes;
    const all = [...this.#held.values()].reduce((sum, each) => sum + each.bytes, bytes);
    if (this.#held.size >= MAX_LEASES || all > this.#settings.leasedBytes) {
      const fields = { peer: sender, index: manifest.anchor.index, bytes: all };
      cx.logger.warn('a checkpoint is not kept for a peer: too much is kept already', fields);
      return;
    }
    const until = Math.min(now + leaseMs, this.#sinceOf(sender, message.nonce, now) + maxLeaseMs);
    if (until <= now) return;
    const lease = cx.snapshots.lease(message.root, until);
    const { nonce } = message;
    const offered = { at: manifest.anchor, root: manifest.root, bytes: manifest.bytes };
    this.#held.set(sender, { nonce, lease, offered, bytes, until });
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
