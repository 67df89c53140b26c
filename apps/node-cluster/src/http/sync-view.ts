import type { SyncStatus } from '@smalti/raft';

/** What `/status` tells of catching up: the session that is under way, and what has become of all. */
export function syncView(sync: SyncStatus | null): Record<string, unknown> | null {
  if (sync === null) return null;
  const { session, failure, totals } = sync;
  return { session: session === null ? null : sessionView(session), failure, totals };
}

function sessionView(session: NonNullable<SyncStatus['session']>): Record<string, unknown> {
  const { strategy, epoch, position, ceiling, verified, keptBytes, progress } = session;
  return {
    strategy,
    epoch,
    position: position.index,
    ceiling,
    verified: verified.index,
    phase: progress?.phase ?? 'beginning',
    bytesDone: progress?.bytesDone ?? 0,
    bytesTotal: progress?.bytesTotal ?? null,
    partsReused: progress?.partsReused ?? 0,
    peers: progress?.peers ?? [],
    sources: Object.fromEntries(progress?.sources ?? []),
    remainingMs: progress?.remainingMs ?? null,
    mostHeldBytes: progress?.mostHeldBytes ?? null,
    keptBytes,
  };
}
