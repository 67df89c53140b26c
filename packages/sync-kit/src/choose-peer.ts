import type { PeerId } from '@smalti/core';

export interface Choice {
  /** Who can serve what is wanted, the last resort among them. */
  readonly servers: readonly PeerId[];
  /** Who is spared: usually the leader, which has other work. Null if nobody is. */
  readonly lastResort: PeerId | null;
  /** How many requests a peer may have in flight. */
  readonly limit: number;
  readonly inFlight: (peer: PeerId) => number;
  /** Peers that are not asked this time. */
  readonly except?: ReadonlySet<PeerId>;
}

/**
 * The peer with the fewest requests in flight that has room for one more. The last resort is asked only when no other
 * has room, and for one thing at a time as long as others serve: it is relieved, and counts where it is one of two.
 */
export function choosePeer({ servers, lastResort, limit, inFlight, except }: Choice): PeerId | null {
  let chosen: PeerId | null = null;
  let least = limit;
  for (const peer of servers) {
    const load = inFlight(peer);
    if (peer === lastResort || except?.has(peer) || load >= least) continue;
    chosen = peer;
    least = load;
  }
  if (chosen !== null || lastResort === null || !servers.includes(lastResort) || except?.has(lastResort)) {
    return chosen;
  }
  const othersServe = servers.length > 1;
  return inFlight(lastResort) < (othersServe ? 1 : limit) ? lastResort : null;
}
