import type { Configuration, Cursor, Index, MemberKey, Term } from '@smalti/core';
import type { Core } from './core.ts';
import type { Fresh } from './freshness.ts';
import type { EngineRole } from './io.ts';
import { isJoint } from './membership.ts';
import { isHeard } from './transfer.ts';

/** What can be seen of an engine. */
export interface EngineView {
  readonly role: EngineRole;
  readonly term: Term;
  readonly leader: MemberKey | null;
  readonly commit: Index;
  readonly last: Cursor;
  readonly durable: Index;
  readonly doubt: boolean;
  readonly full: boolean;
  readonly configuration: Configuration;
  /** The entry that brought it. */
  readonly configurationIndex: Index;
  /** A change of the members is under way: the newest configuration is joint, or is not committed. */
  readonly changing: boolean;
  /** As a leader: to whom leadership is being handed over. */
  readonly transferTo: MemberKey | null;
  /** This node was removed from the group. */
  readonly removed: boolean;
  /** As a follower: where this leader's log is known to be joined, up to. */
  readonly verified: Index;
  /** As a follower: the highest commit index that the leader announced. */
  readonly announced: Index;
  /** As a follower that catches up. */
  readonly session: SessionView | null;
  /** The newest moment as of which it is known what was committed, or null. */
  readonly fresh: Fresh | null;
  /** As a leader: what each follower has on its disk. */
  matchOf(key: MemberKey): Index | null;
  /** As a leader: what it knows of a follower; null if it does not follow it. */
  peerOf(key: MemberKey): PeerView | null;
  /** True if any configuration in the log names it. */
  everNamed(key: MemberKey): boolean;
}

/** What a leader knows of a follower. */
export interface PeerView {
  readonly match: Index;
  readonly mode: 'probe' | 'replicate' | 'catch-up';
  /** True if it is bonded and has answered within the shortest election timeout. */
  readonly heard: boolean;
}

/** What can be seen of an open session. */
export interface SessionView {
  readonly epoch: number;
  readonly position: Cursor;
  readonly ceiling: Index;
  /** Up to here our log holds what is committed. */
  readonly end: Cursor;
  /** The term that leaders gave for a committed index. */
  termAt(index: Index): Term | undefined;
}

export function viewOf(core: Core): EngineView {
  return {
    role: core.role,
    term: core.term,
    leader: core.leader,
    commit: core.commit,
    last: core.log.last,
    durable: core.disk.durable,
    doubt: core.doubt,
    full: core.disk.full,
    configuration: core.log.configuration,
    configurationIndex: core.log.configurationIndex,
    changing: core.log.configurationIndex > core.commit || isJoint(core.log.configuration),
    transferTo: core.transfer?.to ?? null,
    removed: core.removedAt > core.log.configurationIndex,
    verified: core.verified,
    announced: core.announced,
    session: sessionOf(core),
    fresh: core.freshness.newest,
    matchOf: (key) => core.peers.get(key)?.match ?? null,
    peerOf: (key) => {
      const peer = core.peers.get(key);
      return peer === undefined ? null : { match: peer.match, mode: peer.mode, heard: isHeard(core, key) };
    },
    everNamed: (key) => core.log.everNamed(key),
  };
}

export function sessionOf(core: Core): SessionView | null {
  const { session } = core;
  if (session === null) return null;
  const { epoch, position, ceiling, end, table } = session;
  const termAt = (index: Index): Term | undefined => (index > ceiling ? undefined : table.termAt(index));
  return { epoch, position, ceiling, end, termAt };
}
