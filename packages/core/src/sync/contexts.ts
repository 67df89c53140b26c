import type { Entry } from '../entry/entry.ts';
import type { Clock } from '../ports/clock.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import type { StoreCallback } from '../storage/log-store.ts';
import type { PeerIdentity } from '../transport/transport.ts';
import type { Cursor, Index, Term } from '../vocabulary/cursor.ts';
import type { GroupId, NetworkId, PeerId } from '../vocabulary/ids.ts';
import type { Anchor, SnapshotView, SnapshotWriter } from './snapshots.ts';
import type { AnyStateMachine } from './state-sync.ts';

/** The log, to look at. */
export interface LogView {
  readonly base: Cursor;
  readonly last: Cursor;
  /** What can be read now, inclusive, or null if there is nothing. */
  readonly available: { readonly first: Index; readonly last: Index } | null;
  termAt(index: Index): Term | undefined;
  /** As `GroupLog.read`. Frames can be sent as they are. */
  read(first: Index, last: Index, maxBytes: number, done: StoreCallback<readonly Entry[]>): void;
}

/** Times of the group, in milliseconds, that patience is measured by. */
export interface SyncTiming {
  /** How often a leader is heard. A request that is not answered within two of these is worth asking elsewhere too. */
  readonly heartbeatMs: number;
  /** The shortest election timeout. A peer that is silent for so long is asked no more. */
  readonly electionMs: number;
}

/**
 * What every part of a strategy can reach. A context is revoked when its owner ends; every use after that throws
 * `CONTEXT_REVOKED`. A departure from the contract's origin, on purpose: machine and log can be looked at and not
 * changed, so that a strategy's bug never becomes a lost write.
 */
export interface SyncContext<Machine extends AnyStateMachine, Message> {
  /** To query, and to take snapshots of. Its `apply` is not a strategy's to call. */
  readonly machine: Readonly<Machine>;
  readonly log: LogView;
  /** The newest committed cursor that this node knows and holds. */
  readonly committed: Cursor;
  /** The checkpoints on this node, or null if this node keeps none. */
  readonly snapshots: SnapshotView | null;
  readonly localId: PeerId;
  readonly groupId: GroupId;
  readonly networkId: NetworkId;
  /** Peers with whom there is a bond now, ordered by id. */
  readonly bonds: readonly PeerIdentity[];
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'next'>;
  /** To verify parts of checkpoints with. */
  readonly hasher: Hasher;
  readonly logger: Logger;
  readonly timing: SyncTiming;
  /** The longest message, encoded, that `sendTo` takes, in bytes. */
  readonly maxMessageBytes: number;
  /** The last known leader, or null. */
  leader(): PeerId | null;
  /**
   * Sends on the bulk lane. False, and nothing sent, if there is no bond, if the peer has not told yet which versions
   * of this strategy it speaks, if none of them is known here, or if there is no room: `poll` is called when any of
   * this changes.
   *
   * @throws RangeError if the message is longer than `maxMessageBytes`.
   */
  sendTo(peer: PeerId, message: Message): boolean;
  /** Sends to every bonded peer, and tells to whom it went. */
  broadcast(message: Message): readonly PeerId[];
  /** Runs a promise whose settlement comes back as `completed(tag, …)` and causes a poll; not after the owner's end. */
  start(work: (signal: AbortSignal) => Promise<unknown>, tag: string): void;
  /** Asks for a poll after that many milliseconds. Only the earliest request counts. */
  wakeAfter(ms: number): void;
}

/** For providers. */
export interface SyncProviderContext<Machine extends AnyStateMachine, Message>
  extends SyncContext<Machine, Message> {
  /** True if this node leads now. */
  isLeader(): boolean;
  /**
   * Puts an entry of the strategy's own kind, or a command, into the log. Best effort: nothing is promised about its
   * being committed. False, and nothing done, if this node does not lead.
   */
  feedCommand(entry: { readonly command: unknown } | { readonly bytes: Uint8Array }): boolean;
}

/** How far a session is. */
export interface SyncProgress {
  /** A word for people: `asking`, `fetching`, `installing`. */
  readonly phase: string;
  readonly bytesDone: number;
  /** Null while it is not known. */
  readonly bytesTotal: number | null;
  readonly partsReused: number;
  /** Whom it fetches from now. */
  readonly peers: readonly PeerId[];
  /** How many entries (or parts) of each peer were verified and kept, in this session. */
  readonly sources: ReadonlyMap<PeerId, number>;
  /** Estimated milliseconds left, or null. */
  readonly remainingMs: number | null;
  /**
   * Bytes in memory at once, at most, in this session so far: of what was fetched and was not durable yet. Default: it
   * does not say.
   */
  readonly mostHeldBytes?: number | null;
}

/**
 * For sessions: its writes are requests, checked by the runtime and refused with `SYNC_REFUSED`, which names the
 * strategy and the reason. A refused request has changed nothing, and the session may go on.
 */
export interface SyncSessionContext<Machine extends AnyStateMachine, Message>
  extends SyncContext<Machine, Message> {
  readonly snapshots: SnapshotWriter | null;
  /**
   * The newest checkpoint that a leader has announced in this episode, or null if none has: what may be installed. It
   * moves to younger ones; the last three are good for `install` all the same.
   */
  readonly anchor: Anchor | null;
  /**
   * True if the log alone cannot fill the gap: what is missing is not in the leader's log any more, or the state of
   * this node is damaged. Then nothing but an install ends the episode.
   */
  readonly mustInstall: boolean;
  /** The leader that was heard last: always known while a session lives, though it may be gone. */
  leader(): PeerId;
  /** A committed cursor that has to be reached, at least. It never goes back. */
  readonly position: Cursor;
  /** The highest index that may be taken from peers. It rises as leaders announce it and never falls. */
  readonly ceiling: Index;
  /**
   * Where the committed run that this node holds ends: what is missing begins right after it. `log.last` may be
   * beyond it while the log still has entries of a deposed leader; the first append removes those, from the first
   * index at which another term was shown.
   */
  readonly verified: Cursor;
  /**
   * Reads entry frames that lie one after the other, as a peer has sent them, and checks all that can be checked
   * before it is known where they join: whole, of this cluster, checksums hold, indices follow each other, each of the
   * term that the leader's table gives for its index, none above the ceiling. `append` takes what it gives
   * also after a change of leader, and copies it: it is refused if its bytes, which stay the caller's, have changed.
   *
   * @throws SmaltiError `SYNC_REFUSED` with the reason; nothing of the bytes is to be believed then. With
   * `details.untold` it is nobody's fault: no leader has told the terms of such entries so far, and if `mustInstall` is
   * true none will.
   */
  verify(frames: Uint8Array): readonly Entry[];
  /**
   * Asks that committed entries be appended. They begin right after `verified`, or before it: what is there already
   * is passed over. Checked as `verify` does, and that they join. `done` comes once, when they are durable or refused;
   * not after the session's end. Several may be under way: they become durable in order, and `verified` moves at once.
   *
   * At most 1,024 may be unanswered, and 64 MiB of frames under way unless it is one append alone: a session waits for
   * answers before it asks for more.
   *
   * Errors: `SYNC_REFUSED`; `STORAGE_FULL` if the disk has no room, which ends the session.
   *
   * @throws SmaltiError `SYNC_REFUSED` if too many are unanswered.
   */
  append(entries: readonly Entry[], done: StoreCallback): void;
  /**
   * Asks that a checkpoint whose parts are all in `snapshots` replaces the state, in one durable step: afterwards
   * `verified` is at its anchor, or beyond it if the log held what follows. Checked against what leaders have
   * announced. `done` comes once, and not after the session's end; one install is under way at a time.
   *
   * Errors: `SYNC_REFUSED`, with `details.part` if a part is missing or damaged: it can be fetched and the install be
   * asked for again; `STORAGE_FULL`, which ends the session.
   */
  install(anchor: Anchor, done: StoreCallback): void;
  /**
   * Asks that everything up to the cursor be applied. It has to be verified, durable, and not above the ceiling.
   *
   * @throws SmaltiError `SYNC_REFUSED` with the reason.
   */
  setCommitted(at: Cursor): void;
  /**
   * Tells how far it is. `bytesDone` that grows, and missing entries and parts that become durable, put off the
   * deadline; reports alone for no longer than twenty deadlines. An install may take as long.
   */
  report(progress: SyncProgress): void;
}
