import type { Entry } from '../entry/entry.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Random } from '../ports/random.ts';
import type { StoreCallback } from '../storage/log-store.ts';
import type { PeerIdentity } from '../transport/transport.ts';
import type { Cursor, Index, Term } from '../vocabulary/cursor.ts';
import type { GroupId, NetworkId, PeerId } from '../vocabulary/ids.ts';
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
  readonly localId: PeerId;
  readonly groupId: GroupId;
  readonly networkId: NetworkId;
  /** Peers with whom there is a bond now, ordered by id. */
  readonly bonds: readonly PeerIdentity[];
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'next'>;
  readonly logger: Logger;
  /** The last known leader, or null. */
  leader(): PeerId | null;
  /** Sends on the bulk lane. False if there is no bond or no room: `poll` is called when there is room again. */
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
  readonly peers: readonly PeerId[];
  /** Estimated milliseconds left, or null. */
  readonly remainingMs: number | null;
}

/** For sessions: its writes are requests, checked by the runtime and refused with `SYNC_REFUSED` and the reason. */
export interface SyncSessionContext<Machine extends AnyStateMachine, Message>
  extends SyncContext<Machine, Message> {
  /** The leader: always known while a session lives. */
  leader(): PeerId;
  /** The highest index that may be taken from peers. It rises as the leader announces it and never falls. */
  readonly ceiling: Index;
  /**
   * Asks that committed entries be appended. Checked: whole, following each other and what is there, each with the
   * term that the leader's table gives for its index, none above the ceiling. Durable when `done` is called.
   */
  append(entries: readonly Entry[], done: StoreCallback): void;
  /**
   * Asks that a checkpoint whose parts are in the snapshot store replaces the state, in one durable step. Checked
   * against the anchor and root that the leader announced.
   */
  install(anchor: Cursor, root: string, done: StoreCallback): void;
  /** Asks that everything up to the cursor, which the log holds and the leader has announced as committed, be applied. */
  setCommitted(at: Cursor): void;
  /** Tells how far it is. Bytes that grow count as progress, and put off the deadline. */
  report(progress: SyncProgress): void;
}
