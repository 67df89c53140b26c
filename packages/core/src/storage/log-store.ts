import type { Entry } from '../entry/entry.ts';
import type { SmaltiError } from '../errors/smalti-error.ts';
import type { PluginDescriptor } from '../plugin/descriptor.ts';
import type { Cursor, Index, Term } from '../vocabulary/cursor.ts';
import type { GroupId, Incarnation, MemberKey, PeerId } from '../vocabulary/ids.ts';

/** Called exactly once, never within the call that it was given to. `error` is null on success. */
export type StoreCallback<T = void> = (error: SmaltiError | null, value: T) => void;

/** What Raft keeps of itself besides the log (Raft figure 2), and a little more. */
export interface HardState {
  readonly term: Term;
  /** Who got this node's vote in `term`, or null. */
  readonly vote: MemberKey | null;
  /** An index known to be committed. A lower bound: it is written along with other writes, never for itself. */
  readonly commit: Index;
  /**
   * True from a recovery that had to cut a last batch which may have been acknowledged, until the engine knows that
   * nothing is missing. While it is true, votes of this node are marked doubtful.
   */
  readonly doubt: boolean;
}

/** The hard state of a group that has never written one. */
export const NO_HARD_STATE: HardState = Object.freeze({
  term: 0 as Term,
  vote: null,
  commit: 0 as Index,
  doubt: false,
});

/** One write: all of it is on disk when it completes, or none of it is in the log. */
export interface LogWrite {
  /**
   * Entries from this index on are removed first. The caller proved that it may be done. It is set whenever
   * `entries` begin at or below the end of the log; a store refuses entries that overlap otherwise.
   */
  readonly truncateFrom?: Index;
  /** Entries that follow each other, and what is there. */
  readonly entries?: readonly Entry[];
  /** Replaces the hard state. A change of term or vote is kept twice by durable stores. */
  readonly hardState?: HardState;
}

/** Where a run of entries of one term begins. */
export interface TermStart {
  readonly first: Index;
  readonly term: Term;
}

/**
 * The log of one group in a {@link LogStore}. Used by the group's runtime alone.
 *
 * Writes take effect in the order they are submitted, and are visible to reads and to the getters as soon as they
 * are submitted; they are durable when their callback says so. Callbacks of writes come in the order of submission.
 *
 * Errors. `STORAGE_FULL` (retryable): this write and every write submitted after it that has not completed are
 * refused, as if they had never been submitted; the getters are back at the last write that succeeded or is still
 * under way; later writes are tried anew. `STORAGE_FAILED` and `STORAGE_CORRUPT`: final; every later call fails too,
 * and the node has to stop, because what is on the disk is not known. `STORAGE_CLOSED` after `close`.
 */
export interface GroupLog {
  readonly group: GroupId;
  /** As recovered, or as last submitted. */
  readonly hardState: HardState;
  /**
   * The entry before the first one: {@link ORIGIN} for a log that was never pruned or reset. Its term is known.
   */
  readonly base: Cursor;
  /** The last entry, or `base` if there is none. */
  readonly last: Cursor;
  /** Where each run of one term begins, ascending, for all entries after `base`. */
  readonly terms: readonly TermStart[];
  /**
   * The entries of kind `genesis` and `configuration`, ascending: the last one at or before `base` (in force there;
   * `prunePrefix` keeps it, `resetTo` is given it), if there is one, and all those after `base`.
   */
  readonly configurations: readonly Entry[];
  /** Bytes on disk (or in memory) that this log accounts for. */
  readonly bytes: number;

  /** The term of the entry at that index; that of `base` at its index; 0 at index 0; undefined where nothing is known. */
  termAt(index: Index): Term | undefined;

  /**
   * Submits a write. Exactly one `done` for each, in order. An empty write is allowed and completes after those
   * before it.
   *
   * @throws InvariantError if the entries do not follow what is there: a bug of the caller.
   */
  write(write: LogWrite, done: StoreCallback): void;

  /**
   * Reads entries `first` to `last`, inclusive, clamped to what is there, as many as fit in `maxBytes` of frames and
   * at least one if there is one. Frames are those that were written. `STORAGE_CORRUPT` if they are damaged.
   */
  read(first: Index, last: Index, maxBytes: number, done: StoreCallback<readonly Entry[]>): void;

  /**
   * Removes entries up to `through`, inclusive. Does nothing if they are gone. Indices do not change.
   * `STORAGE_RANGE` if the log does not reach that far; nothing has changed then.
   */
  prunePrefix(through: Index, done: StoreCallback): void;

  /**
   * Makes `cursor` the base. If the log holds an entry at exactly that index and term, what follows it stays;
   * otherwise the log is empty afterwards. One durable step, together with the hard state and the configuration
   * entry that is in force at the cursor.
   */
  resetTo(cursor: Cursor, hardState: HardState, configuration: Entry | null, done: StoreCallback): void;

  /**
   * Asks whether a write of `bytes` would find room, and makes room if it can. Called while the disk was full, to
   * find out when it is not any more. `STORAGE_FULL` if not.
   */
  probe(bytes: number, done: StoreCallback): void;

  /** Ends the use of this log: the last call to it. Writes under way complete first. Nothing submitted can be cancelled. */
  close(done: StoreCallback): void;
}

/** Whose directory it is. Minted when it was made, and never changed. */
export interface StoreIdentity {
  readonly node: PeerId;
  readonly incarnation: Incarnation;
}

/**
 * Log storage: one for a node, with a log for each group. Many groups share one write-ahead log and one fsync.
 * Opening one verifies it, and refuses with `STORAGE_FOREIGN`, `STORAGE_LOCKED`, `STORAGE_VERSION` or
 * `STORAGE_CORRUPT` before anything is changed; how it is opened is each plugin's own.
 */
export interface LogStore {
  readonly descriptor: PluginDescriptor;
  readonly identity: StoreIdentity;
  /** Groups that have a log here. */
  readonly groups: readonly GroupId[];
  /** True if what is written survives a crash of the process and of the machine. */
  readonly durable: boolean;
  /**
   * Opens the log of a group, and makes it if it is not there: durable when it completes. Called once when a group is
   * joined; logs of several groups may be opened at once, but each log is open at most once at a time.
   * `STORAGE_RANGE` if the store holds as many logs as it can, `STORAGE_FULL`, `STORAGE_FAILED`, `STORAGE_CLOSED`.
   */
  openGroup(group: GroupId, done: StoreCallback<GroupLog>): void;
  /**
   * A final fault that no call was there to be told. At most one listener; it is called at most once.
   */
  onFault(listener: (error: SmaltiError) => void): void;
  /** Completes what is under way, and lets go of the directory. Called once, after the logs of its groups were closed. */
  close(done: StoreCallback): void;
}
