import type { Configuration, Cursor, Index, MemberKey, Term } from '@smalti/core';
import type { Core } from './core.ts';
import type { EngineRole } from './io.ts';

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
  /** As a follower: where this leader's log is known to be joined, up to. */
  readonly verified: Index;
  /** As a follower: the highest commit index that the leader announced. */
  readonly announced: Index;
  /** As a follower that catches up. */
  readonly session: SessionView | null;
  /** As a leader: what each follower has on its disk. */
  matchOf(key: MemberKey): Index | null;
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
    verified: core.verified,
    announced: core.announced,
    session: sessionOf(core),
    matchOf: (key) => core.peers.get(key)?.match ?? null,
  };
}

export function sessionOf(core: Core): SessionView | null {
  const { session } = core;
  if (session === null) return null;
  const { epoch, position, ceiling, end, table } = session;
  const termAt = (index: Index): Term | undefined => (index > ceiling ? undefined : table.termAt(index));
  return { epoch, position, ceiling, end, termAt };
}
