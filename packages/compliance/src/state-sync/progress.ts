import type { SyncProgress } from '@smalti/core';

/** What is wrong with a report after the one before, or null. */
export function progressProblem(before: SyncProgress | undefined, now: SyncProgress): string | null {
  const { phase, bytesDone, bytesTotal, partsReused, remainingMs, sources } = now;
  if (typeof phase !== 'string' || phase === '') return 'no phase';
  if (!isCount(bytesDone) || !isCount(partsReused)) return `${bytesDone} bytes and ${partsReused} parts`;
  if (bytesTotal !== null && !(isCount(bytesTotal) && bytesTotal >= bytesDone)) {
    return `${bytesDone} of ${bytesTotal} bytes`;
  }
  if (remainingMs !== null && !(Number.isFinite(remainingMs) && remainingMs >= 0)) {
    return `${remainingMs} ms that remain`;
  }
  if ([...sources.values()].some((count) => !isCount(count))) return 'sources that are no counts';
  if (before === undefined) return null;
  if (bytesDone < before.bytesDone) return `${bytesDone} bytes after ${before.bytesDone}`;
  for (const [peer, count] of before.sources) {
    if ((sources.get(peer) ?? 0) < count) return `less of ${peer} than before`;
  }
  return null;
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
