import type { Configuration, Term } from '@smalti/core';
import type { Core } from './core.ts';

/*
 * Leases (Thesis §6.4.1), off unless `leaseMs` says otherwise. A quorum that answered a round has heard its leader after
 * the round began, and each voter refuses every other candidate for `electionMinMs` after that, whatever it is told
 * meanwhile and even if it restarts. So for that long, less what clocks may differ in their rates, nobody else can have
 * been elected, and the leader answers reads by itself.
 *
 * It rests on clocks, as nothing else here does: within an election timeout, the monotonic clocks of the members run at
 * rates that differ by no more than what was taken off; and no voter has a lower `electionMinMs` or has leases off.
 */

/** What a leader holds. */
export interface Lease {
  /** When the newest round began that a quorum has answered. */
  readonly since: number;
  /** The quorum was one of this. */
  readonly configuration: Configuration;
  readonly term: Term;
}

/** A round is confirmed that began then. */
export function renewLease(core: Core, since: number): void {
  const { term, leaseEndedIn } = core;
  if (core.options.leaseMs === 0 || leaseEndedIn === term) return;
  core.lease = { since, configuration: core.log.configuration, term };
}

/** True if this node leads, and nobody else can. */
export function holdsLease(core: Core): boolean {
  const { lease } = core;
  if (core.role !== 'leader' || lease === null || lease.term !== core.term) return false;
  // Another configuration has other quorums, which need not have heard of this leader.
  if (lease.configuration !== core.log.configuration) return false;
  return core.now < lease.since + core.options.leaseMs;
}

/**
 * No lease for the rest of this term: a follower is about to be told to campaign at once, and its voters will not wait.
 * Reads go on by rounds.
 */
export function endLease(core: Core): void {
  core.lease = null;
  core.leaseEndedIn = core.term;
}

/** True if a leader may hold a lease that counts on this node: it votes for nobody else. */
export function isHushed(core: Core): boolean {
  return core.options.leaseMs > 0 && core.now < core.leaderHeardAt + core.options.electionMinMs;
}
