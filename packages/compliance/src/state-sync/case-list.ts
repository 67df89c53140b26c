import type { SyncBench } from './bench.ts';
import type { StateSyncAbility } from './factory.ts';

/** A case before it is bound to a factory. */
export interface SyncCase {
  readonly id: string;
  readonly title: string;
  readonly requires?: readonly StateSyncAbility[];
  readonly run: (bench: SyncBench) => Promise<void>;
}
