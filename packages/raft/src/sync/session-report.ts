import type { PeerId, SyncProgress } from '@smalti/core';
import { MAX_REPORTED_PEERS } from './bounds.ts';
import { refused } from './errors.ts';

const MAX_PHASE = 64;

/**
 * A copy of what a session reports.
 *
 * @throws SmaltiError `SYNC_REFUSED` if it is no report: numbers below 0 or not finite, too many peers.
 */
export function checkedReport(strategy: string, progress: SyncProgress): SyncProgress {
  const { phase, bytesDone, bytesTotal, partsReused, peers, sources, remainingMs, mostHeldBytes } =
    progress ?? {};
  const counts = [bytesDone, bytesTotal ?? 0, partsReused, remainingMs ?? 0, mostHeldBytes ?? 0];
  const named: readonly PeerId[] = Array.isArray(peers) ? [...peers] : [];
  const legal =
    typeof phase === 'string' &&
    counts.every(isAmount) &&
    Array.isArray(peers) &&
    named.length <= MAX_REPORTED_PEERS &&
    named.every((peer) => typeof peer === 'string') &&
    sources instanceof Map &&
    sources.size <= MAX_REPORTED_PEERS &&
    [...sources].every(([peer, count]) => typeof peer === 'string' && isAmount(count));
  if (!legal) throw refused(strategy, 'that is no report of progress: amounts are finite and at least 0');
  return Object.freeze({
    phase: phase.slice(0, MAX_PHASE),
    bytesDone,
    bytesTotal: bytesTotal ?? null,
    partsReused,
    peers: Object.freeze(named),
    sources: new Map(sources),
    remainingMs: remainingMs ?? null,
    mostHeldBytes: mostHeldBytes ?? null,
  });
}

/** How much more of each peer was kept than the report before said. */
export function growthOf(before: SyncProgress | null, now: SyncProgress): ReadonlyMap<PeerId, number> {
  const growth = new Map<PeerId, number>();
  for (const [peer, count] of now.sources) {
    const more = count - (before?.sources.get(peer) ?? 0);
    if (more > 0) growth.set(peer, more);
  }
  return growth;
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
