import type { TransportBench } from './bench.ts';
import type { TransportAbility } from './harness.ts';

/** A case before it is bound to a factory. */
export interface TransportCase {
  readonly id: string;
  readonly title: string;
  readonly requires?: readonly TransportAbility[];
  readonly run: (bench: TransportBench) => Promise<void>;
}
