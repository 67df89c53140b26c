import {
  type Configuration,
  keyOf,
  MAX_MEMBERS,
  type Member,
  type MemberKey,
  type PeerId,
} from '@smalti/core';

/**
 * One wish about who counts. Several make one change, which happens as a whole. A `node` is named by `id@incarnation`, or
 * by its id: then to promote means a learner of that id, to demote a voter, and to remove whatever has it.
 */
export type MemberChange =
  /** Becomes a learner; a member stays what it is and gets the new address and preference. */
  | { readonly type: 'add'; readonly member: Member }
  /** A learner becomes a voter, in the place of another incarnation of its id if that is one. */
  | { readonly type: 'promote'; readonly node: string }
  /** A voter becomes a learner. */
  | { readonly type: 'demote'; readonly node: string }
  /** It is a member no more. */
  | { readonly type: 'remove'; readonly node: string };

/** Why a change is not made. Nothing was done. */
export interface ChangeRefusal {
  readonly reason: ChangeRefusalReason;
  readonly text: string;
}

/**
 * `not-leader`; `not-ready`: the leader has committed nothing of its own term yet; `pending`: another change is under
 * way; `transferring`: leadership is being handed over; `leader-leaves`: the leader would vote no more, and hands over
 * first; `not-caught-up`: a new voter lacks too much yet. These pass. The others do not by themselves: `no-successor`: the
 * leader would vote no more, and there is nobody to hand over to; `quorum-at-risk`: the new voters that are heard are no
 * quorum; `no-voters`, `not-a-member`, `observer`, `too-many`, `invalid`: the change itself is none.
 */
export type ChangeRefusalReason =
  | 'not-leader'
  | 'not-ready'
  | 'pending'
  | 'transferring'
  | 'leader-leaves'
  | 'no-successor'
  | 'quorum-at-risk'
  | 'not-caught-up'
  | 'no-voters'
  | 'not-a-member'
  | 'observer'
  | 'too-many'
  | 'invalid';

/**
 * The configuration that a change leads to, or why it leads nowhere. Pure; `outgoing` is empty in what comes out. Equal
 * memberships come out equal, whatever led to them: every list is ordered by key.
 */
export function targetOf(
  from: Configuration,
  changes: readonly MemberChange[],
): Configuration | ChangeRefusal {
  const voters = new Map(from.voters.map((member) => [keyOf(member), member]));
  const learners = new Map(from.learners.map((member) => [keyOf(member), member]));
  for (const change of changes) {
    const refusal = apply(voters, learners, change);
    if (refusal !== null) return refusal;
  }
  if (voters.size === 0) return { reason: 'no-voters', text: 'nobody would be left to vote' };
  if (voters.size + learners.size > MAX_MEMBERS) {
    return { reason: 'too-many', text: `a group has at most ${MAX_MEMBERS} members` };
  }
  return { voters: inOrder(voters), outgoing: [], learners: inOrder(learners) };
}

type Members = Map<MemberKey, Member>;

function apply(voters: Members, learners: Members, change: MemberChange): ChangeRefusal | null {
  if (change.type === 'add') {
    const key = keyOf(change.member);
    if (voters.has(key)) voters.set(key, change.member);
    else replace(learners, change.member);
    return null;
  }
  const { node } = change;
  if (change.type === 'remove') {
    // That it is gone already is what was wanted.
    for (const list of [voters, learners]) for (const key of keysOf(list, node)) list.delete(key);
    return null;
  }
  const [voter] = keysOf(voters, node);
  const [learner] = keysOf(learners, node);
  if (voter === undefined && learner === undefined) {
    return { reason: 'not-a-member', text: `${node} is not a member` };
  }
  if (change.type === 'demote') {
    const member = voter === undefined ? undefined : voters.get(voter);
    if (voter === undefined || member === undefined) return null;
    voters.delete(voter);
    // What has the same id and learns already is what it has become since.
    const isKnown = [...learners.values()].some((other) => other.id === member.id);
    if (!isKnown) replace(learners, member);
    return null;
  }
  const member = learner === undefined ? undefined : learners.get(learner);
  if (learner === undefined || member === undefined) return null;
  if (member.preference === 'observer') {
    return { reason: 'observer', text: `${member.id} is an observer, and never votes` };
  }
  learners.delete(learner);
  replace(voters, member);
  return null;
}

/** Who of a list is meant. */
function keysOf(list: Members, node: string): MemberKey[] {
  return [...list].filter(([key, member]) => isNamed(key, member.id, node)).map(([key]) => key);
}

/** True if that is a name of the node: its key, or its id. */
export function isNamed(key: MemberKey, id: PeerId, node: string): boolean {
  return key === node || id === node;
}

/** Of one id, one incarnation is in a list. */
function replace(list: Members, member: Member): void {
  for (const [key, other] of list) if (other.id === member.id) list.delete(key);
  list.set(keyOf(member), member);
}

function inOrder(members: Members): Member[] {
  return [...members].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, member]) => member);
}

/** True if both have the same voters. */
export function sameVoters(a: Configuration, b: Configuration): boolean {
  const keys = new Set(a.voters.map(keyOf));
  return keys.size === b.voters.length && b.voters.every((member) => keys.has(keyOf(member)));
}

/** True if it is between two configurations: both have a say (Raft §6). */
export function isJoint(configuration: Configuration): boolean {
  return configuration.outgoing.length > 0;
}

/** Where a change begins: both configurations have a say if the voters change, else the new one alone. */
export function entering(from: Configuration, target: Configuration): Configuration {
  return sameVoters(from, target) ? target : { ...target, outgoing: from.voters };
}

/** Where a joint configuration leads. */
export function leaving(joint: Configuration): Configuration {
  return { ...joint, outgoing: [] };
}

/** True if both say the same of everybody. */
export function sameMembership(a: Configuration, b: Configuration): boolean {
  const same = (one: readonly Member[], other: readonly Member[]): boolean => {
    const known = new Map(one.map((member) => [keyOf(member), member]));
    return (
      one.length === other.length &&
      other.every((member) => {
        const twin = known.get(keyOf(member));
        return twin?.address === member.address && twin.preference === member.preference;
      })
    );
  };
  return same(a.voters, b.voters) && same(a.outgoing, b.outgoing) && same(a.learners, b.learners);
}
