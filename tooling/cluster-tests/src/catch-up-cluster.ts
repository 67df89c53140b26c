import { logReplay } from '@smalti/log-replay';
import type { SyncStatus } from '@smalti/raft';
import type { CounterMachine } from './counter.ts';
import { CounterCluster, type CounterMember } from './counter-cluster.ts';
import type { SimClusterOptions } from './sim-cluster.ts';
import { WireTap } from './wire-tap.ts';

/** A window of the newest entry alone: whatever else is committed has to be fetched. */
const LEAST_WINDOW_BYTES = 1;

const NOTHING_YET: SyncStatus = {
  session: null,
  failure: null,
  totals: { sessions: 0, done: 0, failed: 0, entries: 0, bySource: {}, buffered: 0, dropped: 0 },
};

type Options = Partial<SimClusterOptions<CounterMachine>> & {
  readonly seed?: number;
  readonly windowBytes?: number;
  readonly readMs?: number;
};

/** A cluster of small windows, so that who was away has to catch up, and a tap on what it says. */
export class CatchUpCluster extends CounterCluster {
  readonly tap: WireTap;

  constructor(options: Options = {}) {
    const { windowBytes = LEAST_WINDOW_BYTES, readMs = 0, ...rest } = options;
    const taps: WireTap[] = [];
    super({
      sync: () => [logReplay()],
      ...rest,
      join: { ...rest.join, limits: { windowBytes, ...rest.join?.limits } },
      tap: (transport, id) => taps[0]?.wrap(transport, id) ?? transport,
    });
    this.tap = new WireTap({ windowBytes, readMs, now: () => this.sim.now });
    taps.push(this.tap);
  }

  /** Nodes but that one, and the leader last. */
  async followers(): Promise<[CounterMember, CounterMember, ...CounterMember[]]> {
    const leader = await this.untilLeader();
    const [one, two, ...more] = this.others(leader);
    if (one === undefined || two === undefined) throw new Error('a cluster of less than three');
    return [one, two, ...more];
  }

  /** Writes through a node, one command after the other. */
  async write(member: CounterMember, commands: readonly number[]): Promise<void> {
    for (const command of commands) await this.sim.complete(member.group.execute(command));
  }

  /** Writes so many commands of 1 at once. */
  async grow(member: CounterMember, count: number): Promise<void> {
    const calls = Array.from({ length: count }, () => member.group.execute(1, { timeoutMs: 60_000 }));
    await this.sim.complete(Promise.all(calls));
  }

  /** Catching up, as a node tells of it. Nothing yet on a node that has only just begun. */
  sync(id: string): SyncStatus {
    return this.member(id).group.status().sync ?? NOTHING_YET;
  }

  /** Runs until so many entries were fetched in the node's session, or it is over. False if it did not begin. */
  untilFetched(id: string, entries: number, limitMs = 20_000): Promise<boolean> {
    return this.sim.runUntil(() => {
      const { totals } = this.sync(id);
      return totals.entries >= entries || totals.done > 0;
    }, limitMs);
  }
}

/** The numbers from `first` on, so many. */
export function numbers(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

export function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}
