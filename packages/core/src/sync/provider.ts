import type { Snapshot } from '../machine/state-machine.ts';
import type { Cursor, Index } from '../vocabulary/cursor.ts';
import type { PeerId } from '../vocabulary/ids.ts';
import type { SyncProviderContext } from './contexts.ts';
import type { AnyStateMachine } from './state-sync.ts';

/** `pending`: nothing to do until something comes. `again`: poll once more in this turn, within the turn's bounds. */
export type ProviderPoll = 'pending' | 'again';

/**
 * Serves state to sessions on other nodes. One on each node of the group, for as long as the group lives there.
 *
 * All methods are synchronous and are called by the runtime, one at a time, never within a call that the provider
 * makes on its context. None may block: work that takes longer goes through `context.start`.
 *
 * A provider keeps nothing durable of its own: after a restart it is made anew. What one of its methods throws is
 * logged with the strategy's name, and the call counts as not made; consensus goes on.
 */
export interface SyncProvider<Machine extends AnyStateMachine, Message> {
  /**
   * Called first of all; after anything below or a callback of the context was called; after `context.wakeAfter`; and
   * when bonds or room to send have changed. It is bounded: at most a fixed number of `again` and a fixed time a turn.
   */
  poll?(context: SyncProviderContext<Machine, Message>): ProviderPoll;

  /**
   * Takes a message of a peer, or hands it back by returning false; then this node's session gets it, if there is
   * one. Called for each message of a bonded peer, once, after it was decoded.
   */
  receive(message: Message, sender: PeerId, context: SyncProviderContext<Machine, Message>): boolean;

  /**
   * The highest index up to which this strategy can do without the log, or null to abstain. If all strategies
   * abstain nothing is pruned; what is pruned is never more than any of them allows. Never above the committed index.
   * Asked each time before the log is pruned; a throw counts as 0.
   */
  safeToPrunePrefix?(context: SyncProviderContext<Machine, Message>): Index | null;

  /** Called at each advance of the commit index, with the newest committed cursor. */
  committed?(at: Cursor, context: SyncProviderContext<Machine, Message>): void;

  /**
   * Called when an entry that this strategy fed as `bytes` is applied, at exactly that position on every node. The
   * snapshot is of that position, or null if the machine cannot be captured; the runtime releases it when the
   * strategy's next entry is applied, or the group ends.
   */
  marker?(
    bytes: Uint8Array,
    at: Cursor,
    snapshot: Snapshot | null,
    context: SyncProviderContext<Machine, Message>,
  ): void;

  /** What `context.start` was given has settled. Once for each, in the order in which they settle. */
  completed?(tag: string, outcome: Settled, context: SyncProviderContext<Machine, Message>): void;

  /** Called once, when the group is left. The context is dead afterwards. */
  close?(): void;
}

/** How work that was started has ended. */
export type Settled =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown };
