export { type AutoSyncOptions, autoSync } from './auto-sync.ts';
export type { AnyStrategy, ChildMessage } from './child.ts';
