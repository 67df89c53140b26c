import type { StateMachine } from '@smalti/core';
import type { SimRandom } from '@smalti/simulator';

/**
 * What a machine has beyond the least. Declared and there, or neither: what is there and not declared would not be
 * tested.
 *
 * - `rejects`: some of the commands that the factory draws are refused with `RejectCommand`;
 * - `batches`: it has `applyBatch`;
 * - `time`: it has `tick` or `nextDeadline`;
 * - `snapshot`: it is a `SnapshotStateMachine`;
 * - `versions`: it knows more than one version. What it does is compared with `older`.
 */
export type StateMachineAbility = 'rejects' | 'batches' | 'time' | 'snapshot' | 'versions';

/** Makes what the suite tests. */
export interface StateMachineFactory<Command, Query, Result> {
  readonly abilities: readonly StateMachineAbility[];
  /** A fresh machine with an empty state, which shares nothing with others. */
  create(): StateMachine<Command, Query, Result>;
  /**
   * A command, drawn by that chance and nothing else. From few keys, so that commands meet; of every kind, and some
   * that are refused, if there are such.
   */
  command(random: SimRandom): Command;
  /** A query, drawn likewise. States are compared by what a hundred of them answer: together they should see all. */
  query(random: SimRandom): Query;
  /**
   * The code that the machine's code follows, which knows fewer versions: what is still at work on other nodes while one
   * after the other is upgraded. Needed with `versions`.
   */
  readonly older?: OlderMachine<Command, Query, Result>;
}

/** Older code of the same machine. */
export interface OlderMachine<Command, Query, Result> {
  create(): StateMachine<Command, Query, Result>;
  /** A command as that code writes it, drawn as those of the factory are. */
  command(random: SimRandom): Command;
}
