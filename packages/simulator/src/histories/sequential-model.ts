import type { Operation } from './operation.ts';

/**
 * What a right server does when operations come one at a time. Every method is pure and deterministic, and states
 * are never changed in place.
 */
export interface SequentialModel<State extends NonNullable<unknown>, Input, Output> {
  /** The state before the first operation. With {@link keysOf}, that of each part of the history by itself. */
  readonly initial: State;
  /**
   * The state after the operation, or null if it cannot have had this output in this state. An output that is
   * `undefined` is not known: any will do, and what the operation does must follow from state and input alone.
   */
  step(state: State, input: Input, output: Output | undefined): State | null;
  /** Equal texts for equal states, and for no others. Explanations show it. */
  stateKey(state: State): string;
  /**
   * The keys that the operation reads or writes; `undefined` if it may touch any. Operations that share no key, not
   * even through others, are checked apart from each other, which is much faster. A model without this method is
   * checked as a whole.
   */
  keysOf?(input: Input): readonly string[] | undefined;
  /**
   * Whether an operation of this output changes nothing, whatever the state. If the output is `undefined`: whether
   * the operation never changes anything. The checker is much faster if it knows.
   */
  readOnly?(input: Input, output: Output | undefined): boolean;
  /** Equal texts for inputs that do the same. Of open operations that do the same, only one is tried at a time. */
  inputKey?(input: Input): string;
  /**
   * Whether an open operation that led to this state may be of use to the operation, which may come next or after
   * other open ones. A returned operation is not served if its output will not fit, whatever open ones say false here and still
   * come in between, nor if it replaces all that the state holds. Open operations are asked about as well: one
   * that may lead on to where returned ones are served, in a way that these do not reckon with, must say true. True if in doubt, and
   * by default. Open operations that serve nobody are not tried: histories with many of them need this.
   */
  mayServe?(state: State, operation: Operation<Input, Output>): boolean;
  /** An operation in a few words, for explanations. By default its input and output as JSON. */
  describe?(input: Input, output: Output | undefined): string;
}
