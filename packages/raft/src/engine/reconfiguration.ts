import {
  type Configuration,
  decodeConfiguration,
  EntryKind,
  encodeConfiguration,
  type Index,
  keyOf,
  type MemberKey,
  membersOf,
} from '@smalti/core';
import { type Core, isRemoved, isSelfVoter, note, outweighs, send } from './core.ts';
import { handOver } from './election.ts';
import {
  type ChangeRefusal,
  entering,
  isJoint,
  leaving,
  type MemberChange,
  sameMembership,
  targetOf,
} from './membership.ts';
import type { Removed } from './messages.ts';
import { stageEntries } from './persistence.ts';
import { hasQuorum, isObserver, isVoter } from './quorum.ts';
import { broadcastAppends, broadcastCommit, newPeer, trackedPeers } from './replication.ts';
import { beginTransfer, isHeard } from './transfer.ts';

/*
 * Who counts, changed by entries of the log (Raft §6, Thesis §4). A change of voters goes through a joint configuration,
 * in which both the old and the new voters have a say; the leader leaves it by itself when it is committed. One change
 * is under way at a time, and none begins before the leader has committed an entry of its own term.
 */

/** How far behind the commit a learner may be that is to vote, in entries. */
const MAX_LAG = 1_000;

/** A change is asked for. Why not, or the index of the entry that brings it (or of the last, if nothing changes). */
export function change(core: Core, changes: readonly MemberChange[], force: boolean): ChangeRefusal | Index {
  if (core.role !== 'leader') return { reason: 'not-leader', text: 'this node does not lead' };
  if (core.transfer !== null) {
    return { reason: 'transferring', text: 'leadership is being handed over' };
  }
  if (core.commit < core.termStart) {
    return { reason: 'not-ready', text: 'the leader has not committed anything of its own term yet' };
  }
  const { configuration, configurationIndex } = core.log;
  const target = targetOf(isJoint(configuration) ? leaving(configuration) : configuration, changes);
  if ('reason' in target) return target;
  const nothing = !isJoint(configuration) && sameMembership(configuration, target);
  if (nothing && configurationIndex <= core.commit) return configurationIndex;
  if (isJoint(configuration) || configurationIndex > core.commit) {
    return { reason: 'pending', text: 'another change of the members is under way' };
  }
  const unfit = unfitFor(configuration, target);
  if (unfit !== null) return unfit;
  const refusal = force ? null : (risk(core, configuration, target) ?? farewell(core, target));
  if (refusal !== null) return refusal;
  appendConfiguration(core, entering(configuration, target));
  return core.log.configurationIndex;
}

/** What nobody may do, be it by force. */
function unfitFor(from: Configuration, target: Configuration): ChangeRefusal | null {
  const known = new Set(membersOf(from).map(keyOf));
  const stranger = target.voters.find((member) => !known.has(keyOf(member)));
  if (stranger !== undefined) {
    // A voter that forgets its last change would not know whom to ask.
    return { reason: 'not-a-member', text: `${stranger.id} has to be a learner before it votes` };
  }
  try {
    decodeConfiguration(encodeConfiguration(entering(from, target)));
    return null;
  } catch (error) {
    return { reason: 'invalid', text: `no such members can be: ${(error as Error).message}` };
  }
}

/** What would go wrong at once. */
function risk(core: Core, from: Configuration, target: Configuration): ChangeRefusal | null {
  for (const member of target.voters) {
    const key = keyOf(member);
    if (isVoter(from, key) || key === core.options.self) continue;
    const progress = core.peers.get(key);
    const close = progress?.mode === 'replicate' && progress.match + MAX_LAG >= core.commit;
    if (!close) {
      return { reason: 'not-caught-up', text: `${member.id} lacks too much of the log to vote` };
    }
  }
  if (hasQuorum(target, (key) => isHeard(core, key))) return null;
  const silent = target.voters.filter((member) => !isHeard(core, keyOf(member))).map(({ id }) => id);
  const text = `of ${target.voters.length} voters ${silent.join(', ')} would not be heard: there would be no quorum`;
  return { reason: 'quorum-at-risk', text };
}

/** A leader that would vote no more hands over first: whoever leads then is asked again. */
function farewell(core: Core, target: Configuration): ChangeRefusal | null {
  if (isVoter(target, core.options.self)) return null;
  const stays = (key: MemberKey): boolean => isVoter(target, key);
  const refusal = beginTransfer(core, null, stays);
  return refusal === null
    ? { reason: 'leader-leaves', text: 'the leader would vote no more: it hands leadership over first' }
    : { reason: 'no-successor', text: `the leader would vote no more, and ${refusal}` };
}

function appendConfiguration(core: Core, configuration: Configuration): void {
  const draft = { kind: EntryKind.configuration, payload: encodeConfiguration(configuration) };
  const stamp = Math.max(core.lastStamp, Math.floor(core.wall));
  const first = (core.log.last.index + 1) as Index;
  stageEntries(core, core.options.framer.seal([draft], first, core.term, stamp));
  adoptPeers(core);
  broadcastAppends(core);
}

/** Follows, as a leader, everybody whom the log names now. Whoever is named no more is dropped when that is committed. */
function adoptPeers(core: Core): void {
  for (const key of trackedPeers(core)) if (!core.peers.has(key)) newPeer(core, key);
  for (const [key, progress] of core.peers) progress.paced = isObserver(core.log.configuration, key);
}

/** At the end of a leader's step: what follows from the newest configuration's being committed. Done once for each. */
export function settleConfiguration(core: Core): void {
  const { configuration, configurationIndex } = core.log;
  if (core.role !== 'leader' || core.settled === configurationIndex) return;
  if (configurationIndex > core.commit || core.commit < core.termStart) return;
  // Whoever is to lead has all of this log: it must not grow until it is known what came of that.
  if (isJoint(configuration) && core.transfer !== null) return;
  core.settled = configurationIndex;
  if (isJoint(configuration)) {
    appendConfiguration(core, leaving(configuration));
    return;
  }
  const stays = trackedPeers(core);
  for (const key of [...core.peers.keys()]) {
    if (stays.has(key)) continue;
    core.peers.delete(key);
    if (core.bonded.has(key)) tell(core, key);
  }
  if (isSelfVoter(core)) return;
  // The last words of this leader: what it has committed is not committed a second time.
  broadcastCommit(core);
  handOver(core, 'it votes no more');
}

/** Tells nodes that are bonded and no members what they are: they may have missed it. Called now and then. */
export function tellRemoved(core: Core): void {
  if (core.settled !== core.log.configurationIndex) return;
  for (const key of core.bonded.keys()) if (!core.peers.has(key)) tell(core, key);
}

function tell(core: Core, to: MemberKey): void {
  send(core, to, { type: 'removed', term: core.term, at: core.log.configurationIndex });
}

/**
 * The leader says that this node is no member, by a committed configuration. That is believed by one that was: a node
 * that the log has not named until then waits to be.
 */
export function handleRemoved(core: Core, { term, at }: Removed): void {
  if (!outweighs({ at, term }, core.log) || !core.log.everNamed(core.options.self, at)) return;
  const known = isRemoved(core);
  core.removed = { at: Math.max(at, core.removed?.at ?? 0) as Index, term };
  if (known) return;
  note(core, 'warn', `was removed from the group by entry ${at}`);
  core.effects.push({ type: 'removed', at });
}
