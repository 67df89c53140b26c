import type { Cursor, Lane, LogWrite, Manifest, PartName } from '@smalti/core';
import type { GroupBody } from '@smalti/wire';
import type { AppliedAt, KvCommand, KvResult } from '../world/kv-machine.ts';
import type { Trail } from '../world/kv-snapshot.ts';
import type { LogNow } from './mirror.ts';
import type { Place } from './skips.ts';
import type { Truth } from './truth.ts';

/** A message that a node gave to its transport, which took it. */
export interface Sent {
  readonly from: string;
  readonly to: string;
  readonly lane: Lane;
  readonly body: GroupBody;
  readonly bytes: number;
  /** Bytes that wait in that lane now, these included. */
  readonly queued: number;
}

/** A log was made to begin elsewhere. */
export interface Reset {
  /** The entry that it begins after from now on. */
  readonly to: Cursor;
  /** True if the log had that entry. */
  readonly had: boolean;
  /** The last entry before, and afterwards. */
  readonly before: number;
  readonly after: number;
}

/** What a client was told. */
export interface Told {
  readonly command: KvCommand;
  readonly result: KvResult;
  readonly at: Cursor;
}

/**
 * Something that looks at a run as it happens, and objects by calling `truth.violate`. Every hook is called within
 * the event that it tells of, after {@link Truth} has taken note of it.
 */
export interface Watch {
  /** Of the invariant, as it is printed. */
  readonly name: string;
  /** A store was opened; what `truth` knows of the node is still what it was before. */
  opening?(node: string, opened: LogNow): void;
  /**
   * A write was given to the store; the mirror has it already. `before` is where the log ended, `cutTerm` the term of the
   * first entry that was cut, or undefined if none was.
   */
  wrote?(node: string, write: LogWrite, before: number, cutTerm: number | undefined): void;
  /** A write has completed. */
  persisted?(node: string, write: LogWrite): void;
  /** Entries up to that one are about to be removed from the beginning of a log. */
  pruning?(node: string, through: number): void;
  /** A reset was given to the store; the mirror has it already. */
  reset?(node: string, reset: Reset): void;
  /** A checkpoint was made known, durably. What `truth.checkpoints` says of the node has it already. */
  kept?(node: string, manifest: Manifest): void;
  /** A checkpoint is about to be forgotten. */
  dropping?(node: string, anchor: Cursor): void;
  /** A checkpoint took the place of a machine's state. */
  restored?(node: string, values: Iterable<[string, string]>, trail: Trail): void;
  /** A node is looked at, now and then, while it runs. @param has whether its store has that part. */
  looked?(node: string, has: (part: PartName) => boolean): void;
  /** A message left. */
  sent?(message: Sent): void;
  /** A node has shown that it considers everything up to there committed. */
  claimed?(node: string, index: number): void;
  applied?(node: string, at: AppliedAt, command: KvCommand, result: KvResult): void;
  /** A machine has come to a command that is poison, and fails at it or applies it. @param last of the run of it. */
  meets?(node: string, last: Place): void;
  /** A machine applies the command there. `applied` follows, when it is known that this is so on all nodes. */
  applying?(node: string, index: number): void;
  /** A client was told that its command was applied. */
  acknowledged?(node: string, told: Told): void;
  /** A client was told that its command was not applied and never will be. */
  refused?(node: string, command: KvCommand): void;
  /** A weak read was answered, from the state at that index, which may be so old; infinity if nobody knows. */
  weakly?(node: string, key: string, value: string | null, index: number, ageMs: number): void;
  /** A process has ended, in whatever way. */
  ended?(node: string): void;
}

/** Makes a watch for one run. One file in `invariants` has one of these. */
export type WatchMaker = (truth: Truth) => Watch;
