import type { Codec } from '../codec/codec.ts';
import type { PluginDescriptor } from '../plugin/descriptor.ts';
import type { Cursor } from '../vocabulary/cursor.ts';
import type { GroupId, NetworkId } from '../vocabulary/ids.ts';

/** What `apply` may know besides its command: the same on every replica, but for nothing. */
export interface ApplyContext {
  /** The entry being applied. */
  readonly at: Cursor;
  /**
   * Group time in milliseconds, from the entry's stamp: it never goes back, and it is the only time that a machine
   * may decide by. Entries of equal time are ordered by index.
   */
  readonly time: number;
  readonly group: GroupId;
  readonly network: NetworkId;
  /**
   * The version of the machine that is in force at this entry, from `oldestVersion` to `version`: the machine does what
   * that version does, however new its code is.
   */
  readonly version: number;
}

/**
 * A replicated state machine. One instance serves one group on one node, and is owned by the group's runtime: all
 * calls come from it, one at a time, never overlapping.
 *
 * `apply` and `query` are deterministic and synchronous: they use nothing but the state, the command and the
 * context. No clock, no randomness, no environment, no iteration order that is not defined.
 *
 * To change what commands mean, or how items of snapshots are encoded, while the group goes on:
 * 1. let new code know one version more: `version` is `n + 1` where it was `n`. At `context.version` up to `n` it does
 *    what the old code does, to the last byte of results and items; at `n + 1` it does what is new;
 * 2. restart the nodes with it, one after the other, in any order. Until the last one is there, `n` stays in force;
 * 3. once every member has told its leader that it knows `n + 1`, the leader commits an entry that brings it into force:
 *    at the same place between the commands on every replica, and for good.
 *
 * Commands in the log before that entry keep their old meaning, and its codecs have to read them. What an old version
 * did can be dropped (`oldestVersion`) when no log, checkpoint or backup needs it any more.
 */
export interface StateMachine<Command, Query, Result> {
  readonly descriptor: PluginDescriptor;
  /**
   * Names the family of the machine and the meaning of its commands, e.g. `example.com/counter/1`. Part of the
   * GroupId: members with different signatures never bond. Options and limits do not belong in it.
   */
  readonly signature: string;
  /**
   * The newest version that this code knows, of what commands mean and of how items are encoded. A whole number from 1
   * on; 1 if it is left out.
   */
  readonly version?: number;
  /** The oldest one: it knows all from that on. 1 if it is left out. */
  readonly oldestVersion?: number;
  /** Of commands as they are in the log. Encoding runs on the caller's node, before anything is sent. */
  readonly commands: Codec<Command>;
  /** Of what `apply` and `query` give. */
  readonly results: Codec<Result>;
  readonly queries: Codec<Query>;

  /**
   * Applies one committed command. Called exactly once for each, in log order, on every replica; after a restart
   * again from the state that the machine restarts with (empty, or an installed snapshot). The command is durable on
   * a quorum by then; the machine's state need not be durable, and nothing cancels a call.
   *
   * @throws RejectCommand before any change of state, to refuse the command: a result like another.
   * Anything else that it throws stops applying on this node, because going on would diverge: reads and commands
   * then answer `MACHINE_FAILED`, and the node hands leadership over.
   */
  apply(command: Command, context: ApplyContext): Result;

  /**
   * Applies several commands at once, all of one term, in order, and gives as many results; a result may be a
   * `RejectCommand`. Optional; called instead of `apply` when it is there. `contexts[i]` belongs to `commands[i]`.
   */
  applyBatch?(commands: readonly Command[], contexts: readonly ApplyContext[]): (Result | Error)[];

  /**
   * Answers from the state without changing it. Called for each query, on the node that was asked, between commands.
   * What it throws goes to the caller of the query, and nowhere else.
   */
  query(query: Query): Result;

  /**
   * Group time, in milliseconds, at which the machine wants to be told that time has passed, or null. Asked on the
   * leader, between commands, often, so it should be cheap. A leader whose wall clock has passed it commits a tick:
   * one, on a timer or before the next strong read, and another if the machine then names a time that has passed, too
   * (at most 40 a second that no read asks for). What it throws stops applying on this node, as a throw of `apply`
   * does.
   */
  nextDeadline?(): number | null;

  /**
   * Group time has moved to `context.time` without a command. Called once for each tick in the log, in its place
   * between the commands, on every replica, and as deterministic as `apply`. Time moves by commands, too, of which
   * `apply` is told. Optional: a machine that looks at the time in `apply` alone need not know.
   *
   * @throws nothing but bugs: they stop applying on this node, as in `apply`.
   */
  tick?(context: ApplyContext): void;
}

/**
 * A moment of a machine's state, held still. Items come in the unsigned byte order of their order key, encoded
 * canonically: replicas at the same index give the same items, byte for byte.
 */
export interface Snapshot {
  /** How many items there are: 0 for an empty one. */
  readonly length: number;
  /** Items `from`, inclusive, to `to`, exclusive, in canonical order. */
  items(from: number, to: number): readonly SnapshotItem[];
  /** Adds items after those that are there; their order keys must be greater. For building one while installing. */
  append(items: readonly SnapshotItem[]): void;
  /** Lets go of what the snapshot holds. Called once, by the runtime. */
  release(): void;
}

/** One item of a snapshot. */
export interface SnapshotItem {
  /** Orders the items, by unsigned bytes. Unique within a snapshot. */
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** A machine whose state can be captured and replaced: what checkpoints need. */
export interface SnapshotStateMachine<Command, Query, Result> extends StateMachine<Command, Query, Result> {
  /**
   * Captures the state as it is now, in O(1): later commands do not change what was captured. Its items are encoded as
   * the version says that is in force. Called right after the command at the position of a checkpoint was applied.
   * Several captures may be alive; each is released.
   */
  createSnapshot(version: number): Snapshot;
  /**
   * An empty snapshot, to append items to that are encoded as that version says, which this machine knows: it is the one
   * that was in force where they were captured.
   */
  emptySnapshot(version: number): Snapshot;
  /**
   * Replaces the whole state by the snapshot's. Called between commands, with a snapshot that was verified and is on
   * disk; all or nothing. What it throws stops applying on this node, as a throw of `apply` does.
   */
  installSnapshot(snapshot: Snapshot): void;
}

/** True if the machine can be captured and replaced. */
export function isSnapshotStateMachine<C, Q, R>(
  machine: StateMachine<C, Q, R>,
): machine is SnapshotStateMachine<C, Q, R> {
  return 'createSnapshot' in machine && 'installSnapshot' in machine;
}
