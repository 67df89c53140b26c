import type { SnapshotStore } from '@smalti/core';

/**
 * What a snapshot store can be tested for.
 *
 * - `reopen`: what completed is there when the store was closed and is opened again;
 * - `crash`: the harness can end the store without warning, with all that the store's medium may lose;
 * - `full`: the harness can leave the store without space, and give space back;
 * - `failure`: the harness can let the medium fail;
 * - `lock`: a second opening is refused;
 * - `damage`: the harness can damage bytes on the medium.
 */
export type SnapshotStoreAbility = 'reopen' | 'crash' | 'full' | 'failure' | 'lock' | 'damage';

/** A snapshot store under test, on a fresh medium of its own. */
export interface SnapshotStoreHarness {
  /** Opens the store on this medium. The one before was closed, or has crashed, except where `lock` is tested. */
  open(): Promise<SnapshotStore>;
  /** Lets time go on until the work is settled. */
  drive<T>(work: Promise<T>): Promise<T>;
  /** Lets a little happen: about `steps` of whatever the store has under way. */
  pass(steps: number): Promise<void>;
  /** Lets that many milliseconds of the store's clock go by. */
  wait(ms: number): Promise<void>;
  /** The store's clock, in milliseconds. */
  now(): number;
  /** Ends the store, now. Equal seeds lose the same. Nothing of the old store may call back afterwards. */
  crash(seed: number): Promise<void>;
  /** Leaves no space. It is all right if some hundred KiB still find room that had been set apart. */
  fill(): Promise<void>;
  /** Gives space back. */
  free(): Promise<void>;
  /** Lets the medium fail from now on. */
  breakDown(): Promise<void>;
  /** Damages each copy of these bytes that is on the medium. The store is open. */
  damage(bytes: Uint8Array): Promise<void>;
  /** Ends the medium. */
  dispose(): Promise<void>;
}

/** Makes what the suite tests. */
export interface SnapshotStoreFactory {
  readonly abilities: readonly SnapshotStoreAbility[];
  /** A fresh, isolated medium. Equal seeds behave the same. */
  create(seed: number): Promise<SnapshotStoreHarness>;
}
