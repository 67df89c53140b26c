import type { AnyStateMachine, StateSync } from '@smalti/core';

/**
 * What a strategy can be tested for beyond its contract.
 *
 * - `tolerant`: a peer that dies, lies, is silent or lacks what is missing costs its own answers, and not the session:
 *   as long as one peer gives, the session goes on. Without it a session may fail, and the next one has to get there;
 * - `asks-again`: a message that is lost on its way, or comes damaged, costs time and not the session;
 * - `several`: one session takes from several peers;
 * - `spares-leader`: it takes nothing from the leader while followers give;
 * - `slow-lines`: it gets there over lines on which its longest answer takes longer than an election timeout;
 * - `reports`: it reports its progress;
 * - `checkpoints`: where the log was pruned it installs a checkpoint, and it lets the log be pruned when there is one.
 */
export type StateSyncAbility =
  | 'tolerant'
  | 'asks-again'
  | 'several'
  | 'spares-leader'
  | 'slow-lines'
  | 'reports'
  | 'checkpoints';

/**
 * A lie of a provider, for what can be said wrongly in messages of one strategy alone. Gets each message that the liar
 * sends to who catches up, and what it sent to it before, oldest first; gives what is sent instead.
 */
export type Lie<Message> = (message: Message, earlier: readonly Message[]) => readonly Message[];

/** Makes what the suite tests. */
export interface StateSyncFactory<Message> {
  readonly abilities: readonly StateSyncAbility[];
  /**
   * The strategy, as a node of that name runs it. Called at each start of a node's process, and each time a fresh one:
   * nothing may be shared with those that were made before, but for what all processes of a machine share.
   */
  create(node: string): StateSync<AnyStateMachine, Message>;
  /**
   * Bytes that a session may hold of what has come and is not durable yet. Default 1 MiB. The suite fetches four times
   * as much, so that a strategy with a small bound is tested sooner.
   */
  readonly heldBytes?: number;
  /**
   * Lies of its own, by name, for the version that the strategy's newest messages have. The suite has a dozen that fit
   * any strategy: it damages, repeats, mixes up, cuts and drops the messages themselves.
   */
  readonly lies?: Readonly<Record<string, Lie<Message>>>;
}
