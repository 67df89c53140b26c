import type { Index, MemberKey } from '@smalti/core';
import type { Core } from './core.ts';
import { quorumIndex } from './quorum.ts';

/**
 * Raft §5.4.2: a leader commits what a majority of the configured voters has on disk, if the last of it is of its
 * own term. Never beyond its own disk, so that what a node has applied is always in its own log too.
 */
export function advanceCommit(core: Core): void {
  if (core.role !== 'leader') return;
  const { self } = core.options;
  const durable = core.disk.durable;
  const matchOf = (key: MemberKey): Index =>
    key === self ? durable : (core.peers.get(key)?.match ?? (0 as Index));
  const reached = Math.min(quorumIndex(core.log.configuration, matchOf), durable) as Index;
  if (reached < core.termStart || reached <= core.commit) return;
  setCommit(core, reached);
  // What this term began with is committed: whatever we may have forgotten, we hold all that counts.
  if (core.doubt) endDoubt(core);
}

/** As a follower: what the leader has committed, as far as we have verified it and have it on disk. */
export function followCommit(core: Core): void {
  const index = Math.min(core.told, core.verified, core.disk.durable) as Index;
  raiseCommit(core, index);
  const ends = core.doubtEnds;
  if (
    core.doubt &&
    ends !== null &&
    ends.term === core.term &&
    Math.min(core.told, core.commit) >= ends.index
  ) {
    endDoubt(core);
  }
}

/** Up to there everything is known to be committed, and on this node's disk. */
export function raiseCommit(core: Core, index: Index): void {
  if (index > core.commit) setCommit(core, index);
}

function setCommit(core: Core, index: Index): void {
  core.commit = index;
  // What has left the window is committed late: then the time of something a little older has to do.
  core.committedStamp = Math.max(core.committedStamp, core.log.get(index)?.stamp ?? 0);
  core.effects.push({ type: 'commit', index });
}

function endDoubt(core: Core): void {
  core.doubt = false;
  core.doubtEnds = null;
  core.disk.softDirty = true;
  core.effects.push({
    type: 'note',
    level: 'info',
    text: 'holds all that is committed: its votes are beyond doubt again',
  });
}
