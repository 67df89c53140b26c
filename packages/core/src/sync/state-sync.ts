import type { Codec } from '../codec/codec.ts';
import type { Entry } from '../entry/entry.ts';
import type { SmaltiError } from '../errors/smalti-error.ts';
import type { StateMachine } from '../machine/state-machine.ts';
import type { PluginDescriptor } from '../plugin/descriptor.ts';
import type { Cursor, Index } from '../vocabulary/cursor.ts';
import type { SyncContext, SyncSessionContext } from './contexts.ts';
import type { SyncProvider } from './provider.ts';
import type { SyncSession } from './session.ts';

/** Any state machine: strategies that do not look inside use it. */
// biome-ignore lint/suspicious/noExplicitAny: a bound for type parameters; nothing is called through it
export type AnyStateMachine = StateMachine<any, any, any>;

/**
 * How a follower that lacks committed state catches up: a factory for two companions.
 *
 * | | lives | runs on | does |
 * |---|---|---|---|
 * | {@link StateSyncProvider} | as long as the group | every node, in every role | serves state to sessions elsewhere |
 * | {@link StateSyncSession} | one episode of catching up | the follower that lags | asks, checks, hands over |
 *
 * They talk in messages of the strategy's own, which the group carries and never looks into. Every node of a group
 * runs the providers of all its strategies; options only order what a node's own sessions try.
 *
 * Nothing that a strategy does can break consensus: what it wants written are requests that the runtime checks (see
 * {@link SyncSessionContext}), and what it throws ends its session with an error that names it.
 */
export interface StateSync<Machine extends AnyStateMachine, Message> {
  readonly descriptor: PluginDescriptor;
  /** Names the strategy within a group, e.g. `log-replay`. */
  readonly name: string;
  /** The versions of its messages that it reads and writes, inclusive. Peers use the highest that both know. */
  readonly wireVersions: { readonly min: number; readonly max: number };
  /**
   * Names what its messages and what it serves mean. Part of the GroupId: members with different signatures never
   * bond. Batch sizes, timeouts and preferences are nobody's identity and do not belong in it.
   */
  readonly signature: string;
  /**
   * The codec of its messages in that version, one of `wireVersions`. Called once for each version. Decoding runs on
   * bytes from peers, and throws on anything it did not encode.
   */
  messages(version: number): Codec<Message>;

  /**
   * Called exactly once in the life of each node's process, when it is a member of the group, in whatever role. What it
   * throws stops the node: it would not serve as its group expects.
   */
  createProvider(context: SyncContext<Machine, Message>): StateSyncProvider<Machine, Message>;

  /**
   * Called each time this node is found to lack committed entries beyond what its leader keeps at hand; and again,
   * after a pause, for as long as that is so and every strategy has failed.
   *
   * @param position a committed cursor that the session has to reach at least; never beyond `leaderCommit`.
   * @param leaderCommit the highest index that may be taken from peers now; it rises, see `context.ceiling`.
   * @param entries what the leader sent, beginning right after `position`. The runtime keeps them and appends them
   * itself when the session is done: they are shown for information.
   *
   * Never while another session of the group lives on this node. What it throws is taken as `failed`.
   */
  createSession(
    context: SyncSessionContext<Machine, Message>,
    position: Cursor,
    leaderCommit: Index,
    entries: readonly Entry[],
  ): StateSyncSession<Machine, Message>;
}

/** The seed's name for {@link SyncProvider}. */
export type StateSyncProvider<Machine extends AnyStateMachine, Message> = SyncProvider<Machine, Message>;
/** The seed's name for {@link SyncSession}. */
export type StateSyncSession<Machine extends AnyStateMachine, Message> = SyncSession<Machine, Message>;

/** Why a session gave up. Code `CANNOT_SYNC`; the runtime then tries the group's next strategy. */
export type CannotSync = SmaltiError;
