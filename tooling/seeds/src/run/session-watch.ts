import type { SyncStatus } from '@smalti/raft';
import type { World } from '../world/world.ts';

/** The deadline of a session without progress, and a look or two, in milliseconds. */
const DEADLINE_MS = 30_000 + 500;

/** Counts catch-up sessions, and sees that none outlives its deadline without progress. */
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

  sum(of: (totals: SyncStatus['totals']) => number): number {
    return [...this.#totals.values()].reduce((sum, totals) => sum + of(totals), 0);
  }
}
