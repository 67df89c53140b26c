import type { StateMachineAbility, StateMachineFactory } from './factory.ts';

// biome-ignore lint/suspicious/noExplicitAny: commands, queries and results are the machine's own matter
export type AnyMachineFactory = StateMachineFactory<any, any, any>;

/** A case before it is bound to a factory. */
export interface MachineCase {
  readonly id: string;
  readonly title: string;
  readonly requires?: readonly StateMachineAbility[];
  /** True if it is run with many seeds. */
  readonly seeded?: boolean;
  readonly run: (factory: AnyMachineFactory, seed: number) => void;
}
