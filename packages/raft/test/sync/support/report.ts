import type { SyncProgress } from '@smalti/core';
import { peer } from './world.ts';

/** A report of so many bytes, and what was kept of each peer. */
export function report(bytesDone: number, sources: Record<string, number> = {}): SyncProgress {
  return {
    phase: 'fetching',
    bytesDone,
    bytesTotal: null,
    partsReused: 0,
    peers: [peer('n2')],
    sources: new Map(Object.entries(sources).map(([name, count]) => [peer(name), count])),
    remainingMs: null,
  };
}
