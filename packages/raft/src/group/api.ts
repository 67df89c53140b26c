// Its handles are `AsyncDisposable`, which a consumer without the types of Node.js has from nowhere else.
/// <reference lib="esnext.disposable" preserve="true" />
import type {
  BootNonce,
  ClientSessionId,
  Clock,
  CommandId,
  Cursor,
  GroupId,
  Hasher,
  Incarnation,
  Index,
  Logger,
  LogStore,
  Meter,
  NetworkId,
  PeerId,
  Preference,
  Random,
  Scheduler,
  SmaltiError,
  StateMachine,
  Term,
  Transport,
} from '@smalti/core';
import type { AnyStateSync } from '../sync/dialect.ts';
import type { CheckpointOptions } from './checkpoint-options.ts';
import type { Checkpoints } from './checkpoints/checkpoints-api.ts';
import type { EventOptions, GroupEvent } from './group-event.ts';
import type { Members } from './members/members.ts';
import type { MembershipPolicy } from './members/policy.ts';
import type { SkipOptions, SkippedCommand } from './skips/skips-api.ts';
import type { GroupStatus } from './status-api.ts';
import type { When } from './when-api.ts';

/** The doors of the machine that a node runs on; `@smalti/platform-node` has those of Node.js. */
export interface Platform {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly hasher: Hasher;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** What a node is made of. */
export interface NodeOptions {
  readonly network: NetworkId;
  readonly platform: Platform;
  /** Opened for this node; its identity is the node's. The node closes it. */
  readonly store: LogStore;
  /** The node closes it. */
  readonly transport: Transport;
  /** A random name of this start of the process; the default is drawn from `platform.random`. */
  readonly boot?: BootNonce;
}

/** Times of consensus, in milliseconds. Nobody's identity: members may differ, and they can be changed at a restart. */
export interface Timing {
  /** How often a leader is heard when there is nothing else to say. Default 100. */
  readonly heartbeatMs: number;
  /** A follower that hears nothing for a random time between these two starts an election. Defaults 1,000 and 2,000. */
  readonly electionMinMs: number;
  readonly electionMaxMs: number;
  /** A leader whose disk has not completed a write for so long steps down. Default `electionMaxMs`. */
  readonly diskStallMs: number;
}

/**
 * Lets a leader answer strong reads by itself while a quorum that it has heard keeps others from being elected. Off by
 * default, because it trusts clocks, and nothing else does: it is safe only while
 * - the monotonic clocks of the members run at rates that differ by no more than `maxDriftRatio`, over an election
 *   timeout, and never stand still, as they may when a whole machine is suspended and resumed;
 * - every voter has leases on, and none has a lower `electionMinMs` than any leader.
 *
 * A node that restarts votes for nobody for `electionMinMs`.
 */
export interface LeaseOptions {
  /** From 0, and less than 1. Default 0.1: a lease is `electionMinMs` less a tenth. */
  readonly maxDriftRatio?: number;
}

/** How strong reads are confirmed. */
export interface ReadOptions {
  /** Default: no leases, a round of heartbeats for the reads that wait. */
  readonly lease?: LeaseOptions;
}

/** Bounds of memory, and what happens at them. */
export interface Limits {
  /**
   * The longest encoded command, in bytes; a longer one is refused with `COMMAND_TOO_LARGE`. Default 4 MiB, or less if the
   * transport carries no message of that length: then more is refused with `BAD_OPTION` when the node joins. All nodes of
   * a group have transports that carry the same.
   */
  readonly maxCommandBytes: number;
  /**
   * Bytes of this group's commands that have not settled on this node; more are refused with `OVERLOADED`. The same
   * again may wait here on behalf of followers, whose forwards are refused then, and come again. The last eighth is for
   * handles that have nothing waiting. Default 64 MiB.
   */
  readonly maxPendingBytes: number;
  /**
   * Commands of this group that have not settled on this node, and reads apart; more are refused. The last eighth is for
   * handles that have nothing waiting. Default 100,000.
   */
  readonly maxPending: number;
  /** Bytes of one handle's commands that have not settled: the share of a group that it can fill. Default 16 MiB. */
  readonly maxHandleBytes: number;
  /** Commands and reads of one handle together that have not settled; more are refused. Default 1,024. */
  readonly maxHandlePending: number;
  /**
   * Bytes of entries in one message to a follower, but for a single larger entry. Default 1 MiB; less if the transport
   * carries no message of that length.
   */
  readonly maxAppendBytes: number;
  /**
   * Bytes sent to one follower and not acknowledged, 256 for each entry's own objects included; then sending pauses. As
   * much is kept of what a leader sends to a node that catches up. Less than half of `windowBytes`, or a follower that
   * is merely busy may have to fetch what it lacks. Default 8 MiB.
   */
  readonly maxInflightBytes: number;
  /** Bytes of recent entries kept in memory. Default 32 MiB. */
  readonly windowBytes: number;
}

/** How a node joins a group. */
export interface JoinOptions<Command, Query, Result> {
  /**
   * Group keys, 16 bytes or longer: the first is used for the group's birth and preferred, the others are accepted
   * too (for rotation). At most 8.
   */
  readonly keys: readonly Uint8Array[];
  /**
   * The group's id as `Group.id` tells it. Needed once the key that the group was born with, from which the id was
   * derived, is not among `keys` any more: without it this node's log is not found.
   */
  readonly group?: GroupId;
  readonly machine: StateMachine<Command, Query, Result>;
  /**
   * How a node that lacks committed entries catches up: at least one way. Every node of the group has all of them, and
   * serves by each; the order says only which this node tries first. Their signatures are part of the group's identity.
   */
  readonly sync: readonly AnyStateSync[];
  /** Signatures of what decides who may join; part of the group's identity. */
  readonly validators?: readonly string[];
  /**
   * The members of a new cluster, this node among them, with the addresses they can be dialled at; later, further
   * places to dial. Who counts is decided by the log alone. A node that joins a cluster needs none. Default none.
   */
  readonly peers?: Readonly<Record<string, string>>;
  /**
   * Addresses of members of a cluster that this node is to join: one that is reachable suffices. It becomes a learner,
   * catches up, and votes when the group's policy makes it. Ignored once the cluster names this node.
   */
  readonly join?: readonly string[];
  /** What this node is meant for, by a committed entry. Default `normal`; only a normal or reluctant one can bootstrap. */
  readonly preference?: Preference;
  /**
   * What this node does about the members by itself while it leads. Default `autopilot()`; null for nothing. Nodes should
   * have the same.
   */
  readonly policy?: MembershipPolicy | null;
  /** Given to exactly one node of a new cluster. Ignored, with a note in the log, once the cluster is born. */
  readonly bootstrap?: boolean;
  /**
   * The cluster that this node is to belong to: 32 hex digits, as `status().cluster` says. A log of another cluster is
   * refused with `STORAGE_FOREIGN`, a birth of another cluster is not believed, and nothing is founded. Default: the
   * cluster of the log, or for a blank node whichever it is told of first.
   */
  readonly cluster?: string;
  readonly timing?: Partial<Timing>;
  readonly reads?: ReadOptions;
  readonly limits?: Partial<Limits>;
  /** Checkpoints of the state. Default none: the whole log is kept, and applied again at each start. */
  readonly checkpoints?: CheckpointOptions;
}

/** Options of a call that waits. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** How long to wait, in milliseconds: 0 or more, and finite; else the call is refused with `BAD_OPTION`. Default 10,000. */
  readonly timeoutMs?: number;
}

/** Options of a query without a promise. */
export interface AskOptions extends CallOptions {
  /** Default `strong`. */
  readonly consistency?: Consistency;
}

/** Options of a command. */
export interface CommandOptions extends CallOptions {
  /**
   * The command's number in a session that the caller has opened (`Group.openSession`) and keeps itself, e.g. on behalf
   * of a client of its own. Asked again with the same number, here or on another node, the same command takes effect
   * once, and gives what it gave. Default: the next number of the handle's own session.
   */
  readonly as?: CommandId;
  /** With `as`: results up to this number are no longer needed, and are dropped. Less than the number. Default 0. */
  readonly through?: number;
}

/**
 * What became of a command whose outcome was unknown. Its number is used up now: it is not applied later, either. A run
 * has several results.
 */
export type CommandOutcome<Result> =
  | { readonly applied: false }
  | { readonly applied: true; readonly results: readonly Result[]; readonly at: Cursor };

/** Options of waiting for room. */
export interface ReadyOptions {
  readonly signal?: AbortSignal;
  /** How long to wait, in milliseconds: 0 or more, and finite, else `BAD_OPTION`. Default: until there is room. */
  readonly timeoutMs?: number;
  /** Bytes of the encoded command that there is to be room for: 0 or more, else `BAD_OPTION`. Default 0. */
  readonly bytes?: number;
}

/** What became of a command: it is committed, and applied on this node. */
export interface Executed<Result> {
  readonly result: Result;
  readonly at: Cursor;
}

/** What became of an atomic run of commands. */
export interface ExecutedMany<Result> {
  readonly results: readonly Result[];
  /** Indices are contiguous, `first` to `last`, of one term. */
  readonly first: Index;
  readonly last: Index;
  readonly term: Term;
}

/** Places in the log that were assigned; nothing is said about their being committed. */
export interface Fed {
  readonly first: Index;
  readonly last: Index;
  readonly term: Term;
}

/** How old an answer may be: so many milliseconds, 0 or more. */
export interface MaxAge {
  readonly maxAgeMs: number;
}

/**
 * - `strong`: the answer sees every command that was acknowledged anywhere before the call.
 * - `weak`: what this node has, at once, however old it is.
 * - `{ maxAgeMs }`: what this node has if it is known to be no older than that; else as `strong`.
 */
export type Consistency = 'strong' | 'weak' | MaxAge;

/** An answer and the position that it is of: the state after the entry at `at` was applied. */
export interface Answer<Result> {
  readonly result: Result;
  readonly at: Cursor;
  /**
   * How old the answer may be, in milliseconds: it sees every command that was acknowledged anywhere longer ago than
   * that. Counted by the monotonic clock of this node, so it needs no clock of another; that clock must not stand still
   * while others go on, as it may while a whole machine is suspended. Null if nothing is known: this node has not
   * heard of a confirmed leader since it began, or has not applied what that one had committed.
   */
  readonly ageMs: number | null;
}

/** Called exactly once: with an error and null, or null and the value. */
export type Done<T> = (error: SmaltiError | null, value: T | null) => void;

/**
 * A place to send commands and queries from. Commands of one handle take effect in the order of the calls, and a
 * strong query answers after the earlier commands of its handle. Handles are cheap: one for each connection, say.
 *
 * A handle has a client session, replicated with the state: a command that was sent to a leader that fell is sent to the
 * next one, as often as it takes, and counts once. A call ends with the result of its command, or at its deadline.
 *
 * Errors of commands: `outcome` tells whether the command is `not-applied` or `unknown`; if it is unknown,
 * `details.id` is what `Group.outcome` wants to know to find it out. Codes: `REJECTED` (the machine refused it; `cause`
 * is the `RejectCommand`), `COMMAND_SKIPPED` (see `Group.skip`), `OFFLINE`, `COMMAND_TOO_LARGE`, `ENCODING`, `OVERLOADED`, `MACHINE_FAILED`, `DIVERGED` (this
 * node's state is not the majority's: another can be asked), `GROUP_CLOSED`, `STOPPED`, `UNKNOWN_OUTCOME`,
 * `ABORTED`, `SESSION_UNKNOWN` (so many clients came that this one was forgotten, with its command under way), and
 * `OVERTAKEN` for what is fed; for commands with a number of the caller's also `OVERTAKEN` (its outcome was asked before
 * it came), `OUT_OF_ORDER`, `REPLY_GONE` and `BAD_OPTION`. Those of queries: `TIMEOUT`, `OVERLOADED`, `MACHINE_FAILED`,
 * `DIVERGED`, `GROUP_CLOSED`, `STOPPED`, `ABORTED`, and what the machine's `query` throws, as it is.
 */
export interface GroupHandle<Command, Query, Result> extends AsyncDisposable {
  /** Resolves when the command is committed and applied on this node, with what `apply` returned. */
  execute(command: Command, options?: CommandOptions): Promise<Executed<Result>>;
  /**
   * The same for an atomic run: all are applied, one after the other with nothing between them, or none. If the machine
   * refuses some of them the call rejects with the first reason; `details.refused` names the parts, counted from 0, and
   * the others have taken effect: `outcome` is `not-applied` only if all were refused.
   */
  executeMany(commands: readonly Command[], options?: CommandOptions): Promise<ExecutedMany<Result>>;
  /**
   * Resolves when a place in the log was assigned. What is fed is outside the session: it takes effect at most once, is
   * not sent again when a leader falls, and keeps its place among the handle's commands if it takes effect.
   */
  feed(command: Command, options?: CallOptions): Promise<Fed>;
  feedMany(commands: readonly Command[], options?: CallOptions): Promise<Fed>;
  /** Asks the machine, as fresh as `consistency` wants it. `BAD_OPTION` if that is none. */
  query(query: Query, consistency: Consistency, options?: CallOptions): Promise<Answer<Result>>;
  /** `execute` without a promise, for servers. `done` is never called within the call. */
  submit(command: Command, done: Done<Executed<Result>>, options?: CommandOptions): void;
  /** `query` without a promise, for servers; strong unless it says otherwise. `done` is never called within the call. */
  ask(query: Query, done: Done<Answer<Result>>, options?: AskOptions): void;
  /**
   * No more calls are made: they end with `GROUP_CLOSED`. Resolves when those under way have ended. The session is closed
   * then, if a leader can be told; if not, it is forgotten when it was idle for an hour.
   */
  close(): Promise<void>;
  /**
   * Resolves when this handle has credit for one more command: at once, or when enough of what waits has settled. Who
   * waited longest goes first. Another handle can still be faster: what is sent then can be `OVERLOADED` again. Rejects
   * with `ABORTED`, `TIMEOUT`, `GROUP_CLOSED`, `MACHINE_FAILED` or `STOPPED`.
   */
  ready(options?: ReadyOptions): Promise<void>;
}

export type Role = 'blank' | 'follower' | 'pre-candidate' | 'candidate' | 'leader';

/** A group on this node. Joining the same group twice gives the same one. */
export interface Group<Command, Query, Result> extends GroupHandle<Command, Query, Result> {
  /** As derived, until the cluster is born; then as entry 1 says. */
  readonly id: GroupId;
  readonly when: When;
  /** Who counts, and changes of it. */
  readonly members: Members;
  /** Its checkpoints on this node, and taking one. */
  readonly checkpoints: Checkpoints;
  handle(): GroupHandle<Command, Query, Result>;
  /**
   * Finds out what became of a command whose call ended with an unknown outcome, on whichever node it was made:
   * `details.id` of its error names it. Asked once; what became of it may not be kept for longer.
   *
   * Rejects as the call would have if the machine refused the command; with `REPLY_GONE` or `SESSION_UNKNOWN` if nobody
   * knows any more; with `OUT_OF_ORDER` if commands that were sent before it have not come yet, or there was no such
   * command; with `UNKNOWN_OUTCOME` at its deadline, `ABORTED`, `OVERLOADED`, `BAD_OPTION` and what ends all calls: then
   * it can be asked again. The `outcome` of these errors is the command's: it is `not-applied` only if that is certain.
   */
  outcome(id: CommandId, options?: CallOptions): Promise<CommandOutcome<Result>>;
  /**
   * Opens a client session whose numbers the caller gives, from 1, with `CommandOptions.as`. It is known on every node,
   * and forgotten when it was idle for an hour.
   */
  openSession(options?: CallOptions): Promise<ClientSessionId>;
  /**
   * Has all replicas pass over the command in the entry at `index`, at which every machine has failed: for good, without
   * a change of state. Its client gets `COMMAND_SKIPPED`. Asked on the leader; resolves when it is committed, at once if
   * it was. A node whose machine has failed goes on when it is started again, or joins again, with a machine that is new.
   *
   * Rejects with `SKIP_REFUSED`, and nothing is skipped; `details.reason` says why: `not-leader`, `not-failed` (the
   * machine of this node has not, or elsewhere), `not-a-command`, `changing` (the members), `applied` (a majority once
   * did), `not-all-failed` (`details.members` may have applied it, or may yet), `overtaken`, `blank`. Also `TIMEOUT` and
   * `ABORTED` (it may still be committed), `BAD_OPTION`, `GROUP_CLOSED`, `STOPPED`, `REMOVED`.
   */
  skip(index: number, options: SkipOptions): Promise<SkippedCommand>;
  status(): GroupStatus;
  /**
   * What happens from now on that an operator may want to know: from the first `next` on, until the group ends or the
   * signal is aborted. Throws `BAD_OPTION`.
   */
  events(options?: EventOptions): AsyncIterable<GroupEvent>;
  /**
   * Calls `look` with the machine when exactly `index` has been applied, before anything later is; at once if that
   * is now. Rejects with `INDEX_PASSED` if it was passed already. `look` must not change the machine.
   */
  at<T>(
    index: number,
    look: (machine: StateMachine<Command, Query, Result>, at: Cursor) => T,
    options?: CallOptions,
  ): Promise<T>;
  /**
   * Leaves the group on this node: waiting calls end with `GROUP_CLOSED`. The data stays, and so does its membership. A
   * leader hands leadership over first, if another voter is ready, within the shortest election timeout.
   */
  close(): Promise<void>;
}

/** A process's part in a network: one store, one transport, many groups. */
export interface SmaltiNode extends AsyncDisposable {
  readonly id: PeerId;
  readonly incarnation: Incarnation;
  readonly boot: BootNonce;
  /**
   * Opens the group's log and takes part. Resolves when the log is open; the group may still be blank.
   *
   * Rejects with `PLUGIN_MISMATCH`, `BAD_OPTION`, `STORAGE_*`, or `STORAGE_FOREIGN` if the log belongs to something
   * else.
   */
  join<Command, Query, Result>(
    options: JoinOptions<Command, Query, Result>,
  ): Promise<Group<Command, Query, Result>>;
  /** Resolves when the node stopped because of a final fault, with that fault; never if it is closed before. */
  readonly failed: Promise<SmaltiError>;
  /** Leaves all groups, closes transport and store: all of them, even if some cannot. Rejects with what failed first. */
  close(): Promise<void>;
}
