import type { GroupId } from '@smalti/core';
import type { Limits, Timing } from '@smalti/raft';
import type { CheckpointSettings } from './checkpoint-settings.ts';
import type { LogLevel } from './checks.ts';
import type { MembershipSettings } from './membership-settings.ts';

/** How a node's own sessions catch up: by what costs less, or by that way as far as it can be. */
export type SyncChoice = 'auto' | 'replay' | 'snapshot';

/** How a node is run, checked. */
export interface NodeSettings extends MembershipSettings {
  readonly id: string;
  readonly network: string;
  /** The cluster that the node is to belong to; null for any. */
  readonly cluster: string | null;
  /** The group's id, where the key that it was born with is not accepted any more; else null. */
  readonly group: GroupId | null;
  readonly listen: string;
  /** Where others reach it; null for what `peers` says of it, or `listen`. */
  readonly advertise: string | null;
  readonly resp: string;
  readonly http: string;
  readonly data: string;
  readonly keyFile: string;
  /** What lets one change the members over HTTP; null for nobody. */
  readonly adminToken: string | null;
  readonly logLevel: LogLevel;
  readonly timing: Partial<Timing>;
  readonly limits: Partial<Limits>;
  readonly servers: Partial<ServerLimits>;
  readonly checkpoints: CheckpointSettings;
  readonly sync: SyncChoice;
}

/** Bounds of the node's servers. */
export interface ServerLimits {
  readonly maxRespConnections: number;
  /** Commands of one connection without a reply yet. */
  readonly maxOutstanding: number;
  /** Bytes of those commands and their replies. */
  readonly maxOutstandingBytes: number;
  readonly maxHttpConnections: number;
}

/** How a cluster on this machine is started, checked. */
export interface StartSettings {
  /** Null for as many as there are, or 3 to begin with. */
  readonly nodes: number | null;
  readonly basePort: number;
  readonly data: string;
  readonly fresh: boolean;
  readonly logLevel: LogLevel;
}
