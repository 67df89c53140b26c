import type { PeerId, SyncProgress } from '@smalti/core';
import { RateMeter } from '@smalti/sync-kit';
import type { SessionContext } from './context.ts';
import type { PartDesk } from './part-desk.ts';
import type { PartFetcher } from './part-fetcher.ts';

/** What a session is doing. */
export type Phase = 'asking' | 'fetching' | 'installing' | 'replaying';

/** Tells how far a session is, when that has changed. */
export class Reports {
  readonly #rate = new RateMeter();
  #shown = '';
  #partsReused = 0;
  #mostHeldBytes = 0;
  #parts: ReadonlyMap<PeerId, number> = new Map();

  /** Of the checkpoint. */
  send(phase: Phase, desk: PartDesk, fetcher: PartFetcher, tail: object | null, cx: SessionContext): void {
    const { total, added, reused } = desk.bytes;
    this.#rate.record(desk.fetchedBytes, cx.clock.now());
    this.#partsReused = desk.reused;
    this.#mostHeldBytes = desk.mostHeldBytes;
    this.#parts = new Map(fetcher.sources);
    if (tail !== null) return;
    const done = added + reused;
    const peers = phase === 'fetching' ? fetcher.busy : [];
    const shown = [phase, done, total, ...peers].join();
    if (shown === this.#shown) return;
    this.#shown = shown;
    cx.report({
      phase,
      bytesDone: done,
      bytesTotal: total === 0 ? null : total,
      partsReused: desk.reused,
      peers,
      sources: this.#parts,
      remainingMs: total === 0 ? null : this.#rate.remainingMs(total - done),
      mostHeldBytes: desk.mostHeldBytes,
    });
  }

  /** Of the entries, after so many bytes of a checkpoint. */
  sendTail(progress: SyncProgress, before: number, cx: SessionContext): void {
    const sources = new Map(this.#parts);
    for (const [peer, count] of progress.sources) sources.set(peer, (sources.get(peer) ?? 0) + count);
    cx.report({
      ...progress,
      phase: 'replaying',
      bytesDone: before + progress.bytesDone,
      bytesTotal: progress.bytesTotal === null ? null : before + progress.bytesTotal,
      partsReused: this.#partsReused,
      sources,
      mostHeldBytes: Math.max(this.#mostHeldBytes, progress.mostHeldBytes ?? 0),
    });
  }
}
