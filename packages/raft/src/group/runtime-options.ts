import type {
  BootNonce,
  ClusterId,
  GroupId,
  GroupLog,
  NetworkId,
  PeerId,
  Preference,
  SmaltiError,
  StateMachine,
  StoreIdentity,
  Transport,
} from '@smalti/core';
import type { AnyStateSync } from '../sync/dialect.ts';
import type { Platform, Timing } from './api.ts';
import type { CheckedCheckpoints } from './checkpoint-options.ts';
import type { GroupLimits } from './defaults.ts';
import type { MembershipPolicy } from './members/policy.ts';

/** What a group's runtime is made of. */
export interface RuntimeOptions<Command, Query, Result> {
  readonly network: NetworkId;
  readonly identity: StoreIdentity;
  readonly boot: BootNonce;
  readonly platform: Platform;
  readonly transport: Transport;
  readonly log: GroupLog;
  readonly machine: StateMachine<Command, Query, Result>;
  readonly sync: readonly AnyStateSync[];
  readonly keys: readonly Uint8Array[];
  /** The ids that the keys give, in their order. */
  readonly groups: readonly GroupId[];
  readonly named: ReadonlyMap<PeerId, string>;
  readonly bootstrap: boolean;
  /** Where members can be dialled, besides those that are named. */
  readonly contacts: readonly string[];
  /** True if this node may become a member of a cluster that does not name it. */
  readonly joins: boolean;
  readonly preference: Preference;
  /** What a leader does about the members by itself, or null. */
  readonly policy: MembershipPolicy | null;
  /** True if this node's store has the log of that cluster under another id than this group's. */
  readonly holds: (cluster: ClusterId) => boolean;
  /** The cluster that this node is to belong to; null for any. */
  readonly cluster: ClusterId | null;
  readonly timing: Timing;
  /** How long a leader's lease is, in milliseconds; 0 if there are none. */
  readonly leaseMs: number;
  readonly limits: GroupLimits;
  /** Null if this node keeps no checkpoints of the group. */
  readonly checkpoints: CheckedCheckpoints | null;
  /** The node has to stop. */
  readonly onFault: (error: SmaltiError) => void;
}
