/** A bug that is planted in the product's source before it is loaded: the simulator has to find it. */
export interface Mutant {
  /** For the command line and the table in the docs. */
  readonly id: string;
  /** The hazard that it brings back, or a rule of Raft. */
  readonly of: string;
  /** What is wrong with it. */
  readonly what: string;
  /** From the root of the repository; a source of a published package. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}
