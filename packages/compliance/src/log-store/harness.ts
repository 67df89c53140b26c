import type { LogStore, PeerId } from '@smalti/core';

/**
 * What a log store can be tested for.
 *
 * - `reopen`: what completed is there when the store was closed and is opened again;
 * - `crash`: the harness can end the store without warning, with all that the store's medium may lose;
 * - `full`: the harness can leave the store without space, and give space back;
 * - `failure`: the harness can let the medium fail;
 * - `lock`: a second opening is refused;
 * - `foreign`: opening as another node is refused.
 */
export type LogStoreAbility = 'reopen' | 'crash' | 'full' | 'failure' | 'lock' | 'foreign';

/** A log store under test, on a fresh medium of its own. */
export interface LogStoreHarness {
  /**
   * Opens the store on this medium, as that node. The store that was opened before was closed, or has crashed, except
   * where `lock` is tested.
   */
  open(node: PeerId): Promise<LogStore>;
  /** Lets time go on until the work is settled. Where time is real, this is the work itself. */
  drive<T>(work: Promise<T>): Promise<T>;
  /**
   * Lets a little happen: about `steps` of whatever the store has under way. It finds the moments at which to crash:
   * the smaller the steps, the better.
   */
  pass(steps: number): Promise<void>;
  /** Ends the store, now. Equal seeds lose the same. Nothing of the old store may call back afterwards. */
  crash(seed: number): Promise<void>;
  /** Leaves no space. It is all right if some hundred KiB still find room that had been set apart. */
  fill(): Promise<void>;
  /** Gives space back. */
  free(): Promise<void>;
  /** Lets the medium fail from now on. */
  breakDown(seed: number): Promise<void>;
  /** Ends the medium. */
  dispose(): Promise<void>;
}

/** Makes what the suite tests. */
export interface LogStoreFactory {
  readonly abilities: readonly LogStoreAbility[];
  /** A fresh, isolated medium. Equal seeds behave the same, where that is possible. */
  create(seed: number): Promise<LogStoreHarness>;
}
