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

/**
 * One episode of catching up, on the follower that lags. Called as a provider is. It ends when it says so, when its
 * deadline without progress passes, when its leader's term ends before anything was verified, or when this node is
 * elected; then its context is dead.
 */
export interface SyncSession<Machine extends AnyStateMachine, Message> {
  /** Drives the episode on. Called after anything below was called, and after `context.wakeAfter`. */
  poll(context: SyncSessionContext<Machine, Message>): SessionPoll;

  /** A message that the local provider handed back. */
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

  /** What `context.start` was given has settled. */
  completed?(tag: string, outcome: Settled, context: SyncSessionContext<Machine, Message>): void;

  /** Called once, however the session ends. */
  close?(): void;
}
