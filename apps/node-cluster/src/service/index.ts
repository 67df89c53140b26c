export { type Address, splitAddress } from './address.ts';
export type { KvCheckpoints, KvLease } from './kv-checkpoints.ts';
export type { KvGroup, KvHandle, KvService } from './kv-service.ts';
export { syncFolder } from './sync-folder.ts';
