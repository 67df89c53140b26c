import type { SyncStatus } from '@smalti/raft';
import type { LedgerMachine } from './ledger.ts';
import type { SimCluster } from './sim-cluster.ts';

/** How often it looks, in milliseconds. */
const EVERY_MS = 50;
/** After which a session without progress has to be over, in milliseconds: the deadline, and a look. */
const DEADLINE_MS = 30_000 + 2 * EVERY_MS;

/** Looks at the sessions of all nodes as they run. */
export class SessionWatch {
  readonly problems: string[] = [];
  readonly #cluster: SimCluster<number, void, number, LedgerMachine>;
  /** Of each process, what it counted last. */
  readonly #totals = new Map<string, SyncStatus['totals']>();
  readonly #progress = new Map<string, { readonly seen: string; readonly since: number }>();
  #running = true;

  constructor(cluster: SimCluster<number, void, number, LedgerMachine>) {
    this.#cluster = cluster;
    this.#look();
  }

  /** Sessions that began, on all nodes. */
  get begun(): number {
    return this.#sum(({ sessions }) => sessions);
  }

  get done(): number {
    return this.#sum(({ done }) => done);
  }

  get failed(): number {
    return this.#sum(({ failed }) => failed);
  }

  /** Entries that came by sessions. */
  get entries(): number {
    return this.#sum(({ entries }) => entries);
  }

  stop(): void {
    this.#running = false;
    this.#see();
  }

  #sum(of: (totals: SyncStatus['totals']) => number): number {
    return [...this.#totals.values()].reduce((sum, totals) => sum + of(totals), 0);
  }

  #look(): void {
    if (!this.#running) return;
    this.#see();
    this.#cluster.sim.schedule(EVERY_MS, 'look at sessions', () => this.#look());
  }

  #see(): void {
    const { now } = this.#cluster.sim;
    for (const { id, process, group } of this.#cluster.running) {
      const { sync } = group.status();
      if (sync === null) continue;
      this.#totals.set(`${id} ${process.epoch}`, sync.totals);
      const { session } = sync;
      if (session === null || process.paused) {
        this.#progress.delete(id);
        continue;
      }
      const seen = [process.epoch, session.epoch, session.verified.index, session.progress?.bytesDone].join();
      const before = this.#progress.get(id);
      if (before?.seen !== seen) this.#progress.set(id, { seen, since: now });
      else if (now - before.since > DEADLINE_MS)
        this.problems.push(
          `the session of ${id} has made no progress since ${before.since}, and lives at ${now}`,
        );
    }
  }
}
