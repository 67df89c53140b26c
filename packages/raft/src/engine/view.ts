import type { Anchor, Configuration, Cursor, Index, MemberKey, Term } from '@smalti/core';
import { type Core, isRemoved } from './core.ts';
import type { Fresh } from './freshness.ts';
import { mayInstall } from './install.ts';
import type { EngineRole } from './io.ts';
import { isJoint } from './membership.ts';
import type { Progress } from './progress.ts';
import { mustInstall } from './session-state.ts';
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
  /** As a leader: how it stands with a follower; null if it does not follow it. */
  peerOf(key: MemberKey): PeerView | null;
  /** True if a committed configuration names it, or one did. */
  everNamed(key: MemberKey): boolean;
  /** As a follower: when its leader was heard last, in the time of the engine's `now`; or null. */
  readonly leaderHeardAt: number | null;
}

/** What can be seen of how a leader sends to a follower. */
export interface PeerView {
  readonly match: Index;
  readonly mode: Progress['mode'];
  /** Sent and not acknowledged, with what it costs in memory. */
  readonly inflightBytes: number;
  /** When it was heard last in this term, or when the term began, in the time of the engine's `now`. */
  readonly heardAt: number;
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
  /** The youngest checkpoint that was announced in this session, or null. */
  readonly anchor: Anchor | null;
  /** False if no entries are missing: the session repairs the state alone, and the log goes on with its leader's. */
  readonly lacks: boolean;
  /** True if nothing but an install ends the session. */
  readonly mustInstall: boolean;
  /** What is kept of what the leader sent meanwhile, with what it costs in memory. */
  readonly keptBytes: number;
  /** Why that checkpoint may not be installed now, or null. */
  mayInstall(anchor: Anchor): string | null;
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
    removed: isRemoved(core),
    verified: core.verified,
    announced: core.announced,
    session: sessionOf(core),
    fresh: core.freshness.newest,
    matchOf: (key) => core.peers.get(key)?.match ?? null,
    peerOf: (key) => {
      const progress = core.peers.get(key);
      if (progress === undefined) return null;
      const { match, mode, inflightBytes, heardAt } = progress;
      return { match, mode, inflightBytes, heardAt, heard: isHeard(core, key) };
    },
    everNamed: (key) => core.log.everNamed(key, core.commit),
    leaderHeardAt: core.leader === null || core.role === 'leader' ? null : core.leaderHeardAt,
  };
}

export function sessionOf(core: Core): SessionView | null {
  const { session } = core;
  if (session === null) return null;
  const { epoch, position, table } = session;
  const common = {
    epoch,
    position,
    lacks: session.lacks,
    anchor: session.anchors.at(-1) ?? null,
    mustInstall: mustInstall(session),
    keptBytes: session.kept?.bytes ?? 0,
    mayInstall: (anchor: Anchor): string | null => mayInstall(core, epoch, anchor),
  };
  if (session.lacks) {
    const { ceiling, end } = session;
    const termAt = (index: Index): Term | undefined => (index > ceiling ? undefined : table.termAt(index));
    return { ...common, ceiling, end, termAt };
  }
  // Its log goes on with its leader's.
  const { commit, log } = core;
  const term = log.termAt(commit);
  const end = term === undefined ? session.end : { index: commit, term };
  const ceiling = Math.max(session.ceiling, commit) as Index;
  const termAt = (index: Index): Term | undefined => (index > commit ? undefined : log.termAt(index));
  return { ...common, ceiling, end, termAt };
}
