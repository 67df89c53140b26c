import type {
  BootNonce,
  ClusterId,
  Cursor,
  GroupId,
  Incarnation,
  Index,
  PeerId,
  Refusal,
  Term,
} from '@smalti/core';
import type { SyncStatus } from '../sync/sync-status.ts';
import type { Role } from './api.ts';
import type { CheckpointStatus } from './checkpoints/checkpoint-status.ts';
import type { MemberStatus } from './member-status.ts';
import type { MachineFailureStatus, SkippedCommand } from './skips/skips-api.ts';

/** What an operator would ask. A snapshot: it does not change afterwards. */
export interface GroupStatus {
  readonly id: PeerId;
  readonly incarnation: Incarnation;
  readonly boot: BootNonce;
  readonly group: GroupId;
  readonly cluster: ClusterId | null;
  readonly role: Role;
  readonly term: Term;
  readonly leader: PeerId | null;
  readonly committed: Cursor;
  readonly applied: Cursor;
  readonly log: { readonly first: Index; readonly last: Index; readonly bytes: number };
  readonly members: readonly MemberStatus[];
  readonly bonds: readonly BondStatus[];
  readonly refusals: readonly Refusal[];
  /** True if this (id, incarnation) is a voter of the newest configuration. */
  readonly voter: boolean;
  /** Why this node does less than it should, or null: `disk full`, `machine failed`, `not counted`, … */
  readonly trouble: string | null;
  readonly doubt: boolean;
  /** How old what this node has applied may be, as {@link Answer} tells it. */
  readonly ageMs: number | null;
  readonly pending: PendingStatus;
  /** How it catches up, and how it did; null while it is blank. */
  readonly sync: SyncStatus | null;
  /** Null if this node keeps no checkpoints of the group, and while it is blank. */
  readonly checkpoints: CheckpointStatus | null;
  readonly machineVersion: MachineVersionStatus;
  /** Null if the machine applies, and if it did not fail at an entry. */
  readonly machineFailure: MachineFailureStatus | null;
  /** Commands that no replica applies, as committed entries in this node's log say; oldest first. */
  readonly skipped: readonly SkippedCommand[];
}

/** Of the state machine. */
export interface MachineVersionStatus {
  /** The version in force at what is applied here: what commands mean. */
  readonly inForce: number;
  /** The newest one that this node's program knows. It comes into force when every member knows it. */
  readonly newest: number;
}

/** What waits at this node: it was asked here, and has not ended. */
export interface PendingStatus {
  readonly commands: number;
  /** Bytes of those, of which `maxPendingBytes` may be. */
  readonly commandBytes: number;
  readonly reads: number;
}

export interface BondStatus {
  readonly id: PeerId;
  readonly incarnation: Incarnation;
  readonly boot: BootNonce;
  readonly address: string;
}
