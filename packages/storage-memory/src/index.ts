export type { MemoryData } from './memory-data.ts';
export {
  MemorySnapshotStore,
  type MemorySnapshotStoreOptions,
  type MemorySnapshots,
} from './memory-snapshot-store.ts';
export { MemoryStore, type MemoryStoreOptions, memoryStore } from './memory-store.ts';
