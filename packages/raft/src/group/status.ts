import {
  type BootNonce,
  type ClusterId,
  type Cursor,
  type GroupId,
  type GroupLog,
  type Index,
  keyOf,
  type MemberKey,
  memberId,
  memberIncarnation,
  membersOf,
  ORIGIN,
  SmaltiError,
} from '@smalti/core';
import { isVoter } from '../engine/quorum.ts';
import type { EngineView } from '../engine/view.ts';
import type { SyncStatus } from '../sync/sync-status.ts';
import type { BondTable } from './bond-table.ts';
import type { CheckpointStatus } from './checkpoints/checkpoint-status.ts';
import { distrusted } from './errors.ts';
import type { Life } from './life.ts';
import { membersStatus } from './member-status.ts';
import type { MachineFailureStatus, SkippedCommand } from './skips/skips-api.ts';
import type { GroupStatus, MachineVersionStatus } from './status-api.ts';

/** What a status is made of. */
export interface StatusParts {
  readonly self: MemberKey;
  readonly boot: BootNonce;
  readonly group: GroupId;
  readonly cluster: ClusterId | null;
  readonly view: EngineView | null;
  readonly committed: Cursor;
  readonly applied: Cursor;
  readonly ageMs: number | null;
  readonly requests: { readonly size: number; readonly bytes: number };
  readonly reads: { readonly size: number };
  /** Of the monotonic clock. */
  readonly now: number;
  readonly log: GroupLog;
  readonly bonds: BondTable;
  readonly sync: SyncStatus | null;
  readonly checkpoints: CheckpointStatus | null;
  readonly machineVersion: MachineVersionStatus;
  readonly machineFailure: MachineFailureStatus | null;
  readonly skipped: readonly SkippedCommand[];
  readonly life: Life;
}

export function statusOf(parts: StatusParts): GroupStatus {
  const { self, view, log, bonds, life, requests, reads } = parts;
  const first = (log.base.index + 1) as Index;
  // A node that has stopped takes part in nothing, whatever it did last.
  const isOver = life.fault !== null || life.left !== null;
  const leader = view === null || isOver ? null : view.leader;
  const role = view !== null && isOver ? 'follower' : view?.role;
  return {
    id: memberId(self),
    incarnation: memberIncarnation(self),
    boot: parts.boot,
    group: parts.group,
    cluster: parts.cluster,
    role: role ?? 'blank',
    term: view?.term ?? log.hardState.term,
    leader: leader === null ? null : memberId(leader),
    committed: parts.committed,
    applied: parts.applied,
    log: { first, last: view?.last.index ?? ORIGIN.index, bytes: log.bytes },
    members: view === null ? [] : membersStatus(view, self, (key) => bonds.get(key) !== undefined, parts.now),
    bonds: bonds.peers.map(({ id, incarnation, boot, address }) => ({ id, incarnation, boot, address })),
    refusals: bonds.refusals,
    voter: view !== null && isVoter(view.configuration, self),
    trouble: troubleOf(parts),
    doubt: view?.doubt ?? log.hardState.doubt,
    ageMs: parts.ageMs,
    pending: { commands: requests.size, commandBytes: requests.bytes, reads: reads.size },
    sync: parts.sync,
    checkpoints: parts.checkpoints,
    machineVersion: parts.machineVersion,
    machineFailure: parts.machineFailure,
    skipped: parts.skipped,
  };
}

function troubleOf(parts: StatusParts): string | null {
  const { view, life } = parts;
  if (life.fault !== null) return life.fault.message;
  if (life.left !== null) return life.left.message;
  if (life.distrust !== null) return distrusted(life.distrust, 'none').message;
  if (life.machineFailed) return failureText(parts.machineFailure, life.machineCause);
  if (view === null) return 'blank: belongs to no cluster yet';
  if (view.full) return 'the disk is full';
  const failure = parts.sync?.failure ?? null;
  if (failure !== null) return `cannot catch up: ${failure.message}`;
  const named = membersOf(view.configuration).some((member) => keyOf(member) === parts.self);
  if (named) return null;
  return membersOf(view.configuration).some((member) => member.id === memberId(parts.self))
    ? 'not counted: the cluster knows this node under another incarnation, its data was lost'
    : 'not counted: the cluster does not name this node yet';
}

function failureText(failure: MachineFailureStatus | null, cause: unknown): string {
  const where = failure === null ? '' : ` at entry ${failure.at.index}`;
  const text = `the state machine failed${where}: this node replicates and votes, but applies no more`;
  if (failure?.skippedBy != null)
    return `${text}; entry ${failure.skippedBy.index} skips that one: start this node again, and it goes on`;
  // What is no fault of a command is ours to explain: whether the node needs a newer program, or another start.
  return failure?.skippable === false && cause instanceof SmaltiError ? `${text}: ${cause.message}` : text;
}
