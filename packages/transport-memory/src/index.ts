export type { Medium } from './medium.ts';
export { type Hub, type MemoryHubOptions, type MemoryPorts, memoryHub } from './memory-hub.ts';
