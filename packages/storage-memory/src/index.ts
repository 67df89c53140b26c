export type { MemoryData } from './memory-data.ts';
export { MemoryStore, type MemoryStoreOptions, memoryStore } from './memory-store.ts';
