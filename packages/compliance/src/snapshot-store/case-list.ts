import type { Bench } from './bench.ts';
import type { SnapshotStoreAbility } from './harness.ts';

/** A case before it is bound to a factory. */
export interface SnapshotStoreCase {
  readonly id: string;
  readonly title: string;
  readonly requires?: readonly SnapshotStoreAbility[];
  /** True if it is run with many seeds, each on a fresh harness. */
  readonly seeded?: boolean;
  readonly run: (bench: Bench, seed: number) => Promise<void>;
}
