import type { SyncStatus } from '@smalti/raft';
import { INFLIGHT_BYTES } from '../world/settings.ts';
import type { World } from '../world/world.ts';

/** The deadline of a session without progress, and a look or two, in milliseconds. */
const DEADLINE_MS = 30_000 + 500;

/** Counts catch-up sessions, and sees that none outlives its deadline without progress, or holds too much. */
export class SessionWatch {
  readonly #world: World;
  /** Of each process, what it counted last. */
  readonly #totals = new Map<string, SyncStatus['totals']>();
  readonly #progress = new Map<string, { readonly seen: string; readonly since: number }>();

  constructor(world: World) {
    this.#world = world;
  }

  look(): void {
    const { now } = this.#world.sim;
    for (const { id, live, sim } of this.#world.members) {
      const sync = live?.status().sync ?? null;
      if (sync === null) {
        this.#progress.delete(id);
        continue;
      }
      this.#totals.set(`${id} ${sim.process.epoch}`, sync.totals);
      const { session } = sync;
      if (session === null) {
        this.#progress.delete(id);
        continue;
      }
      const { sessionBytes = Number.POSITIVE_INFINITY } = this.#world.settings;
      this.#bounded(id, 'holds', session.progress?.mostHeldBytes ?? 0, sessionBytes);
      this.#bounded(id, 'keeps for afterwards', session.keptBytes, INFLIGHT_BYTES);
      const seen = [
        sim.process.epoch,
        session.epoch,
        session.verified.index,
        session.progress?.bytesDone,
      ].join();
      const before = this.#progress.get(id);
      if (before?.seen !== seen) this.#progress.set(id, { seen, since: now });
      else if (now - before.since > DEADLINE_MS) {
        const what = `the session of ${id} has made no progress since ${before.since}`;
        this.#world.truth.violate('no session outlives its deadline', what);
      }
    }
  }

  #bounded(node: string, does: string, bytes: number, most: number): void {
    if (bytes <= most) return;
    const what = `the session of ${node} ${does} ${bytes} bytes, and may ${most}`;
    this.#world.truth.violate('byte budgets hold', what);
  }

  sum(of: (totals: SyncStatus['totals']) => number): number {
    return [...this.#totals.values()].reduce((sum, totals) => sum + of(totals), 0);
  }
}
