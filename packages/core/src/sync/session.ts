import type { Cursor } from '../vocabulary/cursor.ts';
import type { PeerId } from '../vocabulary/ids.ts';
import type { SyncSessionContext } from './contexts.ts';
import type { Settled } from './provider.ts';
import type { AnyStateMachine, CannotSync } from './state-sync.ts';

/**
 * What a session answers when it is polled. `done` names the durable end of the local log, at or beyond the
 * session's position: then the session ends and ordinary replication goes on. `failed` ends it with a reason.
 */
export type SessionPoll = 'pending' | 'again' | { readonly done: Cursor } | { readonly failed: CannotSync };

/** What catching up would cost one way. */
export interface SyncCost {
  /** Bytes that would have to come, about. */
  readonly bytes: number;
  /** Why it cannot be done this way now, for people; else null. */
  readonly impossible: string | null;
}

/** What a session can still do at its end: say to peers that it needs nothing more of them. */
export interface SyncFarewell<Message> {
  /** As that of the context. Only within the call that it came with: later it throws `CONTEXT_REVOKED`. */
  sendTo(peer: PeerId, message: Message): boolean;
}

/**
 * One episode of catching up, on the follower that lags. Called as a provider is. It ends when it says so, when its
 * deadline without progress passes, when the leader turns out to have at hand what is missing, when the disk is full,
 * or when this node is elected. It does not end with its leader: what is committed stays so. After its end its context
 * is dead, and the signals of the work it started are aborted.
 *
 * There is at most one session on a node for a group. What one of its methods throws ends it as `failed` does, with
 * an error that names the strategy.
 */
export interface SyncSession<Machine extends AnyStateMachine, Message> {
  /**
   * Drives the episode on. Called first of all; after anything below or a callback of the context was called; after
   * `context.wakeAfter`; and when bonds, room to send, `position` or `ceiling` have changed. Bounded as a provider's.
   * What `done` names has to be on disk: the runtime compares it with the log.
   */
  poll(context: SyncSessionContext<Machine, Message>): SessionPoll;

  /**
   * What it would cost this way, or null while that is not known. Called in place of `poll` by a strategy that is made
   * of others and chooses between them, until it has chosen: it may ask peers, and begins nothing else.
   */
  estimate?(context: SyncSessionContext<Machine, Message>): SyncCost | null;

  /** A message that the local provider handed back. Once for each, in the order of a peer's messages. */
  receive(message: Message, sender: PeerId, context: SyncSessionContext<Machine, Message>): void;

  /**
   * Told what the leader sends meanwhile: `count` entries of `bytes` in all, right after `position`. The runtime
   * keeps them, within a bound, and appends them by the ordinary check when the session is done.
   */
  buffer?(
    position: Cursor,
    count: number,
    bytes: number,
    context: SyncSessionContext<Machine, Message>,
  ): void;

  /** A peer's message was none that the codec reads. It was dropped. */
  unreadable?(sender: PeerId, context: SyncSessionContext<Machine, Message>): void;

  /** What `context.start` was given has settled. Once for each, in the order in which they settle; never after `close`. */
  completed?(tag: string, outcome: Settled, context: SyncSessionContext<Machine, Message>): void;

  /**
   * Called once, however the session ends, as its last call. Its context is dead by then; what peers keep for it can be
   * given back all the same.
   */
  close?(farewell: SyncFarewell<Message>): void;
}
