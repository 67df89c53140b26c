import { type Configuration, keyOf, type Member, type MemberKey, SmaltiError } from '@smalti/core';
import type { MemberChange } from '../../engine/membership.ts';

/** What a leader knows of a member. */
export interface MemberView {
  readonly key: MemberKey;
  readonly member: Member;
  readonly role: 'voter' | 'learner';
  /** For how long it has not been heard, in milliseconds; 0 if it is. Counted by this leader since it leads. */
  readonly silentMs: number;
  /** Entries that it lacks of what is committed. */
  readonly lag: number;
  /** For how long it has been heard and got the log as it grows, lacking few entries; 0 if it does not. */
  readonly closeMs: number;
}

/** What a policy decides by. */
export interface MembershipView {
  readonly self: MemberKey;
  readonly configuration: Configuration;
  /** All but the leader itself, which is a voter. */
  readonly others: readonly MemberView[];
}

/**
 * Decides, on the leader, what to do about the members. Asked now and then while no change is under way; what it wants
 * is made as one change, and refused like any other if it is risky. It decides by the view alone.
 */
export interface MembershipPolicy {
  /** The change it wants now, or null. */
  decide(view: MembershipView): readonly MemberChange[] | null;
}

/** How {@link autopilot} keeps a group. */
export interface AutopilotOptions {
  /** The most voters, odd: further nodes stay learners in reserve. Default 5. */
  readonly maxVoters?: number;
  /** How long a learner has to keep up before it votes, in milliseconds. Default 2,000. */
  readonly promoteAfterMs?: number;
  /** How long a voter has to be silent before a learner takes its place, in milliseconds. Default 60,000. */
  readonly replaceAfterMs?: number;
  /** How long an observer has to be silent before it is forgotten, in milliseconds. Default an hour. */
  readonly forgetAfterMs?: number;
}

/**
 * The policy that groups have unless they are given another: learners that keep up become voters, as long as there is an
 * odd number of them; a voter that was gone for long makes room for a learner, and becomes one; a node that lost its
 * disk takes the place of what it was, once it has caught up; observers that are gone are forgotten.
 *
 * @throws SmaltiError `BAD_OPTION` if `maxVoters` is even: with one voter less the group bears as much.
 */
export function autopilot(options: AutopilotOptions = {}): MembershipPolicy {
  const settings = {
    maxVoters: options.maxVoters ?? 5,
    promoteAfterMs: options.promoteAfterMs ?? 2_000,
    replaceAfterMs: options.replaceAfterMs ?? 60_000,
    forgetAfterMs: options.forgetAfterMs ?? 3_600_000,
  };
  const { maxVoters } = settings;
  if (!Number.isSafeInteger(maxVoters) || maxVoters < 1 || maxVoters % 2 === 0) {
    throw new SmaltiError('BAD_OPTION', `option maxVoters is ${maxVoters}, and must be an odd number from 1`);
  }
  return {
    decide: (view) =>
      retire(view) ??
      restore(view, settings) ??
      replace(view, settings) ??
      grow(view, settings) ??
      evenOut(view) ??
      forget(view, settings),
  };
}

type Settings = Required<AutopilotOptions>;

function votersOf(view: MembershipView): MemberView[] {
  return view.others.filter((other) => other.role === 'voter');
}

/** Learners that could vote now, the best first. */
function reserve(view: MembershipView, settings: Settings): MemberView[] {
  return view.others
    .filter(({ role, member, closeMs }) => {
      return role === 'learner' && member.preference !== 'observer' && closeMs >= settings.promoteAfterMs;
    })
    .sort((a, b) => rank(a) - rank(b) || (a.key < b.key ? -1 : 1));
}

function rank(of: MemberView): number {
  return of.member.preference === 'reluctant' ? 1 : 0;
}

/** A voter that would rather observe. */
function retire(view: MembershipView): MemberChange[] | null {
  const { voters } = view.configuration;
  const tired = voters.find((member) => member.preference === 'observer');
  return tired === undefined || voters.length < 2 ? null : [{ type: 'demote', node: keyOf(tired) }];
}

/** A node that lost its disk has a new incarnation: it takes the place of the old one, which can never come back. */
function restore(view: MembershipView, settings: Settings): MemberChange[] | null {
  for (const { key, member } of reserve(view, settings)) {
    const old = votersOf(view).find((voter) => voter.member.id === member.id);
    if (old !== undefined && old.silentMs >= settings.promoteAfterMs) return [{ type: 'promote', node: key }];
  }
  return null;
}

/** A voter that was gone for long. */
function replace(view: MembershipView, settings: Settings): MemberChange[] | null {
  const gone = votersOf(view).find((voter) => voter.silentMs >= settings.replaceAfterMs);
  const voters = new Set(view.configuration.voters.map((member) => member.id));
  const next = reserve(view, settings).find(({ member }) => !voters.has(member.id));
  if (gone === undefined || next === undefined) return null;
  return [
    { type: 'promote', node: next.key },
    { type: 'demote', node: gone.key },
  ];
}

/** More voters, if their number stays odd. */
function grow(view: MembershipView, settings: Settings): MemberChange[] | null {
  const now = view.configuration.voters.length;
  const ready = reserve(view, settings).filter(
    ({ member }) => !view.configuration.voters.some((voter) => voter.id === member.id),
  );
  const all = now + ready.length;
  const wanted = Math.min(settings.maxVoters, all % 2 === 1 ? all : all - 1);
  if (wanted <= now) return null;
  return ready.slice(0, wanted - now).map(({ key }) => ({ type: 'promote', node: key }));
}

/**
 * Four voters bear no more than three, six no more than five. Two are left as they are: a single voter's disk would be
 * the only one that has to hold what was acknowledged.
 */
function evenOut(view: MembershipView): MemberChange[] | null {
  const now = view.configuration.voters.length;
  if (now % 2 === 1 || now < 4) return null;
  const [last] = votersOf(view).sort(
    (a, b) => b.silentMs - a.silentMs || rank(b) - rank(a) || b.lag - a.lag || (a.key < b.key ? 1 : -1),
  );
  return last === undefined ? null : [{ type: 'demote', node: last.key }];
}

/** Readers come and go. */
function forget(view: MembershipView, settings: Settings): MemberChange[] | null {
  const gone = view.others.filter(({ role, member, silentMs }) => {
    return role === 'learner' && member.preference === 'observer' && silentMs >= settings.forgetAfterMs;
  });
  return gone.length === 0 ? null : gone.map(({ key }) => ({ type: 'remove', node: key }));
}
