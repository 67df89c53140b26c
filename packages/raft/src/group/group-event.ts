import type {
  Cursor,
  Incarnation,
  Index,
  Member,
  PeerId,
  Refusal,
  SmaltiError,
  SyncProgress,
  Term,
} from '@smalti/core';
import type { Role } from './api.ts';
import type { CheckpointNews } from './checkpoints/checkpoints-api.ts';
import type { SkippedCommand } from './skips/skips-api.ts';

/** What has become of catching up on this node. */
export type CatchUpNews =
  /** A way to catch up begins: this node lacks committed entries that its leader does not have at hand. */
  | {
      readonly stage: 'opened';
      readonly strategy: string;
      readonly position: Cursor;
      readonly ceiling: Index;
    }
  /** What it reported last: once in a second at most. `remainingMs` is its estimate. */
  | { readonly stage: 'progress'; readonly strategy: string; readonly progress: SyncProgress }
  /** The gap is closed. `strategy` is null if it was too quick to be seen at work. */
  | { readonly stage: 'done'; readonly strategy: string | null }
  /** It gave up; the next way is tried, or the same after a pause. `reason` is known once all have given up. */
  | { readonly stage: 'failed'; readonly strategy: string | null; readonly reason: string | null }
  /** It is not needed any more: the leader sends what is missing, this node was elected, or its disk is full. */
  | { readonly stage: 'ended'; readonly strategy: string };

/** Something that an operator may want to know of a group on this node. */
export type GroupNews =
  /** This node has another role, or the same in another term. */
  | { readonly type: 'role'; readonly role: Role; readonly term: Term }
  /** Another node leads, as far as this one knows, or none. */
  | { readonly type: 'leader'; readonly leader: PeerId | null; readonly term: Term }
  /** See `when.online`. */
  | { readonly type: 'online'; readonly online: boolean }
  | {
      readonly type: 'bonded';
      readonly peer: PeerId;
      readonly incarnation: Incarnation;
      readonly address: string;
    }
  | {
      readonly type: 'unbonded';
      readonly peer: PeerId;
      readonly incarnation: Incarnation;
      readonly code: Refusal['code'];
      readonly reason: string;
    }
  /** Somebody was refused, or refused this node. */
  | { readonly type: 'refused'; readonly refusal: Refusal }
  /** The configuration at the end of the log is another: in force, if not committed yet. */
  | {
      readonly type: 'configuration';
      readonly voters: readonly Member[];
      readonly learners: readonly Member[];
      readonly outgoing: readonly Member[];
    }
  | ({ readonly type: 'catch-up' } & CatchUpNews)
  | ({ readonly type: 'checkpoint' } & CheckpointNews)
  /** Nothing more is applied on this node. */
  | { readonly type: 'machine-failed'; readonly error: SmaltiError }
  /** A command is skipped, as is committed now. Told once by each node that runs, and again after a restart. */
  | ({ readonly type: 'skip' } & SkippedCommand)
  | { readonly type: 'disk'; readonly full: boolean }
  /** Whether this node may have forgotten what it acknowledged; its votes count only with everybody's. */
  | { readonly type: 'doubt'; readonly doubt: boolean }
  /** What the log of the process says too. */
  | { readonly type: 'note'; readonly level: 'info' | 'warn'; readonly text: string }
  /** This node is no member of the group any more: the last event. */
  | { readonly type: 'removed'; readonly error: SmaltiError }
  /** The node stopped because of a final fault: the last event. */
  | { readonly type: 'stopped'; readonly error: SmaltiError };

/** What a reader of `group.events()` is told. */
export type GroupEvent =
  | (GroupNews & {
      /** By the node's wall clock, in milliseconds since 1970. */
      readonly time: number;
    })
  /** The reader was too slow: so many events, older than what follows, were dropped. */
  | { readonly type: 'missed'; readonly count: number; readonly time: number };

/** How events are read. */
export interface EventOptions {
  readonly signal?: AbortSignal;
  /** Events that are kept for a reader that is busy; beyond them the oldest are dropped. From 2 on; default 1,024. */
  readonly buffer?: number;
}
