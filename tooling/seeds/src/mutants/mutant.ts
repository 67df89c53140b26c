/** A place in the product's source, and what stands there with the bug. */
export interface Change {
  /** From the root of the repository; a source of a published package. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A bug that is planted in the product's source before it is loaded: the simulator has to find it. */
export interface Mutant extends Change {
  /** For the command line and the table in the docs. */
  readonly id: string;
  /** The hazard that it brings back, or a rule of Raft. */
  readonly of: string;
  /** What is wrong with it. */
  readonly what: string;
  /** Further places, where what is made sure of more than once is made sure of again. */
  readonly also?: readonly Change[];
}
