import type {
  Anchor,
  Configuration,
  Cursor,
  Entry,
  EntryDraft,
  HardState,
  Index,
  MemberKey,
  Term,
  TermStart,
} from '@smalti/core';
import type { ChangeRefusal, MemberChange } from './membership.ts';
import type { Message } from './messages.ts';

/** What a log store knows of a log without reading it. */
export interface LogShape {
  readonly base: Cursor;
  readonly last: Cursor;
  readonly terms: readonly TermStart[];
  /** The configurations in the log, ascending. The first one is in force at the base. */
  readonly configurations: readonly { readonly index: Index; readonly configuration: Configuration }[];
}

/** What happens to an engine. Everything that it does follows from its options and the sequence of these. */
export type Input =
  /** Time has passed. */
  | { readonly type: 'tick' }
  /** What arrived in this turn was handled: what can wait for others to join it is sent now. */
  | { readonly type: 'turn-end' }
  | { readonly type: 'message'; readonly from: MemberKey; readonly message: Message }
  /** `writers`: other members that wait for what comes of drafts among these. */
  | {
      readonly type: 'propose';
      readonly drafts: readonly EntryDraft[];
      readonly writers?: readonly MemberKey[];
    }
  /** A strong read, under an id of the caller's. */
  | { readonly type: 'read'; readonly id: number }
  /** The write of that sequence number, and all before it, are on disk. */
  | { readonly type: 'persisted'; readonly seq: number }
  /** The write of that sequence number and all after it were refused for want of space; the log is what `shape` says. */
  | { readonly type: 'disk-full'; readonly seq: number; readonly shape: LogShape }
  | { readonly type: 'space-back' }
  /** `pulses`: the bond can stand for heartbeats while nothing changes. */
  | { readonly type: 'bonded'; readonly peer: MemberKey; readonly boot: string; readonly pulses?: boolean }
  | { readonly type: 'unbonded'; readonly peer: MemberKey }
  /** A peer was heard at that time, by pulses of the bond: the leader we rest under, or a follower that rests. */
  | { readonly type: 'heard'; readonly peer: MemberKey; readonly at: number }
  /** A peer denies that it rests under us. */
  | { readonly type: 'objected'; readonly peer: MemberKey }
  /** A session asks for something, under its epoch: answered by `session-answer` in the same step. */
  | { readonly type: 'session-append'; readonly epoch: number; readonly entries: readonly Entry[] }
  | { readonly type: 'session-commit'; readonly epoch: number; readonly at: Cursor }
  | { readonly type: 'session-finish'; readonly epoch: number; readonly at: Cursor }
  /**
   * A session asks that the log begin after a checkpoint, which is whole in the store. `configuration` is the entry in
   * force there, `stamp` the group time.
   */
  | {
      readonly type: 'session-install';
      readonly epoch: number;
      readonly anchor: Anchor;
      readonly configuration: Entry;
      readonly stamp: number;
    }
  /** The state is damaged, or has diverged: a session is opened that installs. Answered by `session-answer` in the same step. */
  | { readonly type: 'repair'; readonly anchor: Anchor }
  /** The newest checkpoint that is whole on this node's disk and has an agreed root. */
  | { readonly type: 'anchor'; readonly anchor: Anchor }
  /** Entries up to there need not be kept. Not more goes than is committed, and in that checkpoint. */
  | { readonly type: 'prune'; readonly through: Index }
  /** What a `read-log` effect asked for; null if it cannot be read. */
  | { readonly type: 'log-read'; readonly ticket: number; readonly entries: readonly Entry[] | null }
  /** A change of who counts: answered by `change-answer` in the same step. `force`: even if it is risky. */
  | { readonly type: 'change'; readonly changes: readonly MemberChange[]; readonly force: boolean }
  /** Leadership is to go to that voter (an id, or a key), or to the best there is: answered by `transfer-answer` in the same step. */
  | { readonly type: 'transfer'; readonly to: string | null }
  /** This node should not lead now. `lasting`: nor soon (its machine has failed). */
  | { readonly type: 'step-down'; readonly reason: string; readonly lasting: boolean }
  /** What made this node step down for lasting is over. */
  | { readonly type: 'recovered' };

/** What an engine wants done. Effects of one step are carried out in order. */
export type Effect =
  /** Write all of it, or nothing; then say `persisted`. Writes are submitted in order and may overlap in time. */
  | {
      readonly type: 'persist';
      readonly seq: number;
      readonly truncateFrom: Index | null;
      readonly entries: readonly Entry[];
      readonly hardState: HardState | null;
    }
  /**
   * A write like the others: make `cursor` the base of the log. What follows exactly that entry stays; without it the
   * log is empty afterwards.
   */
  | {
      readonly type: 'reset';
      readonly seq: number;
      readonly cursor: Cursor;
      readonly hardState: HardState;
      readonly configuration: Entry;
    }
  /** Send; may be lost. Nothing that leaves depends on a write that is not on disk. */
  | { readonly type: 'send'; readonly to: MemberKey; readonly message: Message }
  /** Entries up to here are committed and on this node's disk. */
  | { readonly type: 'commit'; readonly index: Index }
  /** The drafts of a `propose` have their places. */
  | { readonly type: 'proposed'; readonly entries: readonly Entry[] }
  /** This node does not lead; nothing of the `propose` was done. */
  | { readonly type: 'refused' }
  | { readonly type: 'read-ready'; readonly id: number; readonly index: Index; readonly stamp: number }
  /** The read was not confirmed; it can be asked again. */
  | { readonly type: 'read-failed'; readonly id: number }
  | {
      readonly type: 'read-log';
      readonly ticket: number;
      readonly first: Index;
      readonly last: Index;
      readonly maxBytes: number;
    }
  /** This node lacks committed entries that its leader does not have at hand. `entries` follow `position`. */
  | {
      readonly type: 'session-opened';
      readonly epoch: number;
      readonly position: Cursor;
      readonly ceiling: Index;
      readonly entries: readonly Entry[];
    }
  /** Its position or its ceiling has risen, or another checkpoint may be installed. */
  | { readonly type: 'session-moved'; readonly epoch: number }
  /** What the leader sent meanwhile, right after `position`, is kept. */
  | {
      readonly type: 'session-buffered';
      readonly epoch: number;
      readonly position: Cursor;
      readonly count: number;
      readonly bytes: number;
    }
  | { readonly type: 'session-over'; readonly epoch: number; readonly why: SessionEnd }
  /** Why not, or null. */
  | { readonly type: 'session-answer'; readonly refusal: string | null }
  /** Why not, or the entry that brings the change; it is made when that configuration, or the one after it, is committed. */
  | { readonly type: 'change-answer'; readonly answer: ChangeRefusal | Index }
  /** Why not, or null: it has begun, and has succeeded when this node leads no more. */
  | { readonly type: 'transfer-answer'; readonly refusal: string | null }
  /** Another configuration is the newest in the log, or it is committed now. */
  | {
      readonly type: 'configuration';
      readonly configuration: Configuration;
      readonly index: Index;
      readonly committed: boolean;
    }
  /** This node is no member any more, by that entry. */
  | { readonly type: 'removed'; readonly at: Index }
  | {
      readonly type: 'role';
      readonly role: EngineRole;
      readonly term: Term;
      readonly leader: MemberKey | null;
    }
  /** As a leader: the bond's pulses stand for heartbeats to that follower, for so many milliseconds from now. */
  | { readonly type: 'beat'; readonly to: MemberKey; readonly forMs: number }
  /** As a follower: pulses of that leader stand for its heartbeats, until the role, the term or the leader changes. */
  | { readonly type: 'rest'; readonly under: MemberKey }
  /** Something an operator should see. */
  | { readonly type: 'note'; readonly level: 'info' | 'warn'; readonly text: string };

/** Why a session is over, when it is not by its own word. */
export type SessionEnd =
  /** This node was elected: it has all that is committed. */
  | 'elected'
  /** The leader has at hand what is missing. */
  | 'replication'
  /** The disk has no room. */
  | 'disk-full';

export type EngineRole = 'follower' | 'pre-candidate' | 'candidate' | 'leader';
