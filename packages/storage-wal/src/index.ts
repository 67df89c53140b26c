export { type OpenWal, openWal } from './open-wal.ts';
export type { WalOptions } from './options.ts';
