import type { Clock, MemberKey } from '@smalti/core';

/** What a farewell needs of the group. */
export interface HandOverPort {
  readonly self: MemberKey;
  leads(): boolean;
  /** Begins to hand leadership over; why not, or null. */
  transfer(): string | null;
  /** Who leads, as far as this node knows. */
  leader(): MemberKey | null;
  over(): boolean;
}

/** How often it is looked at, in milliseconds. */
const LOOK_MS = 10;

/**
 * A leader that stops lets another lead first, if one is ready, so that nobody has to wait for a timeout. Calls `then`
 * when another leads, at once if this node does not, and when `mostMs` are over in any case.
 */
export function handOver(port: HandOverPort, clock: Clock, mostMs: number, then: () => void): void {
  if (!port.leads() || port.transfer() !== null) {
    then();
    return;
  }
  const until = clock.now() + mostMs;
  const look = (): void => {
    const leader = port.leader();
    const isDone = leader !== null && leader !== port.self;
    if (isDone || port.over() || clock.now() >= until) then();
    else clock.setTimer(LOOK_MS, look);
  };
  look();
}
