import {
  type Incarnation,
  type Index,
  keyOf,
  type MemberKey,
  membersOf,
  type PeerId,
  type Preference,
} from '@smalti/core';
import type { EngineView } from '../engine/view.ts';

/** How it stands with a member. What only a leader knows is null on the others, and of the leader itself. */
export interface MemberStatus {
  readonly id: PeerId;
  readonly incarnation: Incarnation;
  readonly address: string;
  /** What it is meant for; `role` says what it is. */
  readonly preference: Preference;
  readonly role: 'voter' | 'learner' | 'outgoing';
  /** True if this node has a bond with it. */
  readonly bonded: boolean;
  /** On the leader, of itself too: the last index known to be on the member's disk. */
  readonly match: Index | null;
  /** On the leader, of itself too: entries of the leader's log that are not known to be on the member's disk. */
  readonly lag: number | null;
  /**
   * On the leader: whether it asks where the logs join (`probe`), sends entries as they come (`replicate`), or only those
   * that are not committed, while the member fetches the others (`catch-up`).
   */
  readonly mode: 'probe' | 'replicate' | 'catch-up' | null;
  /** On the leader: bytes of entries that were sent and not acknowledged, with what they cost in memory. */
  readonly inflightBytes: number | null;
  /**
   * Milliseconds since the member was heard (in a group at rest up to half of the shortest election timeout more): on the leader of every other member, in its term (or since that began), on
   * a follower of the leader alone.
   */
  readonly heardMs: number | null;
}

/** @param now of the monotonic clock. */
export function membersStatus(
  view: EngineView,
  self: MemberKey,
  isBonded: (key: MemberKey) => boolean,
  now: number,
): MemberStatus[] {
  const { voters, outgoing } = view.configuration;
  const leads = view.role === 'leader';
  return membersOf(view.configuration).map((member) => {
    const { id, incarnation, address, preference } = member;
    const key = keyOf(member);
    const isIn = (list: typeof voters): boolean => list.some((other) => keyOf(other) === key);
    const role = isIn(voters) ? 'voter' : isIn(outgoing) ? 'outgoing' : 'learner';
    const match = leads ? (key === self ? view.durable : view.matchOf(key)) : null;
    const peer = leads ? view.peerOf(key) : null;
    const heardAt = key === view.leader ? view.leaderHeardAt : (peer?.heardAt ?? null);
    return {
      id,
      incarnation,
      address,
      preference,
      role,
      bonded: isBonded(key),
      match,
      lag: match === null ? null : Math.max(0, view.last.index - match),
      mode: peer?.mode ?? null,
      inflightBytes: peer?.inflightBytes ?? null,
      heardMs: heardAt === null ? null : Math.max(0, Math.floor(now - heardAt)),
    };
  });
}
