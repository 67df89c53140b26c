import type { Clock, Configuration } from '@smalti/core';
import type { EngineView } from '../engine/view.ts';
import type { SyncStatus } from '../sync/sync-status.ts';
import type { GroupNews } from './group-event.ts';

/** How often progress is told, in milliseconds. */
const PROGRESS_MS = 1_000;

interface Seen {
  readonly configuration: Configuration;
  readonly full: boolean;
  readonly doubt: boolean;
  readonly sync: SyncStatus | null;
}

/**
 * News that nobody tells as it happens: it is seen by looking at the end of each turn, while somebody listens. What was
 * so when the first look was taken is no news.
 */
export class ViewNews {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #tell: (news: GroupNews) => void;
  #seen: Seen | null = null;
  #progressAt = Number.NEGATIVE_INFINITY;

  constructor(clock: Pick<Clock, 'now'>, tell: (news: GroupNews) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Nobody listens. */
  forget(): void {
    this.#seen = null;
  }

  look(view: Pick<EngineView, 'configuration' | 'full' | 'doubt'>, sync: SyncStatus | null): void {
    const { configuration, full, doubt } = view;
    const before = this.#seen;
    this.#seen = { configuration, full, doubt, sync };
    if (before === null) return;
    if (configuration !== before.configuration) {
      const { voters, learners, outgoing } = configuration;
      this.#tell({ type: 'configuration', voters, learners, outgoing });
    }
    if (full !== before.full) this.#tell({ type: 'disk', full });
    if (doubt !== before.doubt) this.#tell({ type: 'doubt', doubt });
    if (sync !== null) this.#catchUp(before.sync, sync);
  }

  #catchUp(before: SyncStatus | null, now: SyncStatus): void {
    const type = 'catch-up';
    const earlier = before?.session ?? null;
    const strategy = earlier?.strategy ?? null;
    const [done, failed] = [before?.totals.done ?? 0, before?.totals.failed ?? 0];
    const another = now.totals.sessions !== (before?.totals.sessions ?? 0);
    for (let i = failed; i < now.totals.failed; i++) {
      this.#tell({ type, stage: 'failed', strategy, reason: now.failure?.message ?? null });
    }
    for (let i = done; i < now.totals.done; i++) this.#tell({ type, stage: 'done', strategy });
    const settled = now.totals.done > done || now.totals.failed > failed;
    if (strategy !== null && !settled && (another || now.session === null)) {
      this.#tell({ type, stage: 'ended', strategy });
    }
    const { session } = now;
    if (session === null) return;
    if (another) {
      const { position, ceiling } = session;
      this.#progressAt = Number.NEGATIVE_INFINITY;
      this.#tell({ type, stage: 'opened', strategy: session.strategy, position, ceiling });
    }
    const { progress } = session;
    if (progress === null || progress === earlier?.progress) return;
    if (this.#clock.now() < this.#progressAt + PROGRESS_MS) return;
    this.#progressAt = this.#clock.now();
    this.#tell({ type, stage: 'progress', strategy: session.strategy, progress });
  }
}
