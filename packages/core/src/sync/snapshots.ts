import type { StoreCallback } from '../storage/log-store.ts';
import type { Manifest, PartName, SnapshotLease, SnapshotStore } from '../storage/snapshot-store.ts';
import type { Cursor } from '../vocabulary/cursor.ts';

/** A checkpoint whose root is agreed: what may replace a state. */
export interface Anchor {
  readonly at: Cursor;
  readonly root: PartName;
}

/**
 * The checkpoints of this node's group, to look at and to keep from being collected. Methods as those of a
 * {@link SnapshotStore}; callbacks come in the owner's turns, and not after its end. At most 256 reads of an owner are
 * under way, and at most 16 leases of it alive: more are refused with `SYNC_REFUSED`. Leases have to
 * be renewed: no end is farther away than two minutes. They lapse when their owner has ended, so that the next session
 * finds what the last one has put.
 */
export interface SnapshotView {
  manifests(): readonly Manifest[];
  has(name: PartName): boolean;
  get(name: PartName, done: StoreCallback<Uint8Array | null>): void;
  lease(root: PartName | null, untilMs: number): SnapshotLease;
}

/** For sessions, which put what they have fetched. */
export interface SnapshotWriter extends SnapshotView {
  /** As {@link SnapshotStore.put}. At most 64 puts and 16 MiB are under way unless it is one put alone: more are refused. */
  put(parts: ReadonlyMap<PartName, Uint8Array>, done: StoreCallback): void;
}
