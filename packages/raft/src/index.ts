export type { ChangeRefusalReason, MemberChange } from './engine/membership.ts';
export type {
  Answer,
  AskOptions,
  CallOptions,
  CommandOptions,
  CommandOutcome,
  Consistency,
  Done,
  Executed,
  ExecutedMany,
  Fed,
  Group,
  GroupHandle,
  JoinOptions,
  LeaseOptions,
  Limits,
  MaxAge,
  NodeOptions,
  Platform,
  ReadOptions,
  ReadyOptions,
  Role,
  SmaltiNode,
  Timing,
} from './group/api.ts';
export type { CheckpointOptions } from './group/checkpoint-options.ts';
export type { CheckpointStatus, RootReport } from './group/checkpoints/checkpoint-status.ts';
export type { CheckpointNews, Checkpoints, TakenCheckpoint } from './group/checkpoints/checkpoints-api.ts';
export { type Founder, type Founding, foundFrom } from './group/checkpoints/found-from.ts';
export { GroupError, Overloaded, type OverloadFacts } from './group/errors.ts';
export type { CatchUpNews, EventOptions, GroupEvent, GroupNews } from './group/group-event.ts';
export type { MemberStatus } from './group/member-status.ts';
export type { ChangeOptions, Members, NewMember } from './group/members/members.ts';
export {
  type AutopilotOptions,
  autopilot,
  type MembershipPolicy,
  type MembershipView,
  type MemberView,
} from './group/members/policy.ts';
export { createNode } from './group/node.ts';
export type {
  MachineFailureStatus,
  SkipOptions,
  SkippedCommand,
} from './group/skips/skips-api.ts';
export type { BondStatus, GroupStatus, MachineVersionStatus, PendingStatus } from './group/status-api.ts';
export type { Position, Reached, When } from './group/when-api.ts';
export type { AnyStateSync } from './sync/dialect.ts';
export type { SyncStatus, SyncTotals } from './sync/sync-status.ts';
