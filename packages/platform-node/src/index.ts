export { nodeClock } from './clock.ts';
export { type NodeDiskOptions, openDisk } from './disk/node-disk.ts';
export type { SyncMode } from './disk/node-file.ts';
export { nodeHasher } from './hasher.ts';
export { adaptLogger, type FieldsFirstLogger } from './logger.ts';
export { type NodePlatform, type NodePlatformOptions, nodePlatform } from './platform.ts';
export { nodeRandom } from './random.ts';
export { NodeScheduler } from './scheduler.ts';
