export type { Ask, Entries, Fetch, Lease, Offer, Offered, Parts, SnapshotSyncMessage } from './messages.ts';
export type { SnapshotSyncOptions } from './options.ts';
export { snapshotSync } from './snapshot-sync.ts';
