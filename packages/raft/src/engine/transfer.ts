import { keyOf, type MemberKey } from '@smalti/core';
import { type Core, isSelfVoter, note, send } from './core.ts';
import { endLease } from './lease.ts';
import { isNamed } from './membership.ts';

/*
 * Leadership handed over (Thesis §3.10): the leader takes no more proposals, waits until its successor has all of its
 * log, and tells it to campaign at once. If that does not come to pass within an election timeout, it leads on.
 */

/** True if that voter has answered lately, or is this node. */
export function isHeard(core: Core, key: MemberKey): boolean {
  if (key === core.options.self) return true;
  const progress = core.peers.get(key);
  return progress?.bonded === true && core.now < progress.heardAt + core.options.electionMinMs;
}

/** Who could lead next, the best first: those that like to before those that are reluctant, then by what they hold. */
export function successors(core: Core, may: (key: MemberKey) => boolean): MemberKey[] {
  const { voters } = core.log.configuration;
  return voters
    .filter((member) => {
      const key = keyOf(member);
      const { mode } = core.peers.get(key) ?? {};
      return key !== core.options.self && mode === 'replicate' && isHeard(core, key) && may(key);
    })
    .map((member) => ({
      key: keyOf(member),
      reluctant: member.preference === 'normal' ? 0 : 1,
      match: core.peers.get(keyOf(member))?.match ?? 0,
    }))
    .sort((a, b) => a.reluctant - b.reluctant || b.match - a.match || (a.key < b.key ? -1 : 1))
    .map(({ key }) => key);
}

/** Begins to hand over, to the best there is if nobody is named (by id or by key). Why not, or null. */
export function beginTransfer(
  core: Core,
  node: string | null,
  may: (key: MemberKey) => boolean = () => true,
): string | null {
  if (core.role !== 'leader') return 'this node does not lead';
  const { voters } = core.log.configuration;
  const named = node === null ? undefined : voters.find((member) => isNamed(keyOf(member), member.id, node));
  if (node !== null && named === undefined) return `${node} is no voter`;
  const to = named === undefined ? null : keyOf(named);
  if (to === core.options.self) return 'this node leads already';
  if (core.transfer !== null) {
    return core.transfer.to === to || to === null ? null : 'leadership is being handed over to another node';
  }
  const [best] = successors(core, (key) => may(key) && (to === null || key === to));
  if (best === undefined) {
    return to === null ? 'no other voter is close enough to lead' : `${to} is not heard, or lacks too much`;
  }
  core.transfer = { to: best, until: core.now + core.options.electionMinMs, told: false };
  note(core, 'info', `hands leadership over to ${best}`);
  pursueTransfer(core);
  return null;
}

/** The successor may have got all that it lacked. */
export function pursueTransfer(core: Core): void {
  const { transfer } = core;
  if (transfer === null || transfer.told) return;
  const progress = core.peers.get(transfer.to);
  if (progress === undefined || progress.match < core.log.last.index) return;
  transfer.told = true;
  // Its voters will not stand by this leader any more.
  endLease(core);
  send(core, transfer.to, { type: 'timeout-now', term: core.term });
}

/** It took too long: this node leads on. What was told may still come true; that is an election like another. */
export function expireTransfer(core: Core): void {
  const { transfer } = core;
  if (transfer === null || core.now < transfer.until) return;
  note(core, 'warn', `${transfer.to} did not take leadership over in time`);
  core.transfer = null;
}

/** Within so many of the longest election timeouts a second block counts. */
const BLOCKS_TOGETHER = 10;

/**
 * The heartbeat is late by so much: the process stood still, be it for a pause of the machine or for a call that takes
 * long. Whoever does so for half of an election timeout twice in a short while is close to losing leadership the hard
 * way, and hands it over.
 */
export function noteBlock(core: Core, lateMs: number): void {
  const { electionMinMs, electionMaxMs } = core.options;
  if (lateMs < electionMinMs / 2) return;
  const again = core.now < core.blockedAt + BLOCKS_TOGETHER * electionMaxMs;
  core.blockedAt = core.now;
  if (!again) return;
  note(core, 'warn', `its process stood still for ${Math.round(lateMs)} ms, and not for the first time`);
  if (beginTransfer(core, null) === null) core.blockedAt = Number.NEGATIVE_INFINITY;
}

/** The leader of this term wants this node to lead: it campaigns without asking first whether it could win. */
export function mayTakeOver(core: Core, from: MemberKey): boolean {
  return (
    core.role === 'follower' &&
    core.leader === from &&
    core.session === null &&
    !core.disk.full &&
    isSelfVoter(core)
  );
}
