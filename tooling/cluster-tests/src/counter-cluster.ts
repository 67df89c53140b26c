import { expect } from 'vitest';
import { CounterMachine } from './counter.ts';
import { type Member, SimCluster, type SimClusterOptions } from './sim-cluster.ts';

/** A cluster whose machine is a counter. */
export class CounterCluster extends SimCluster<number, void, number, CounterMachine> {
  constructor(options: Partial<SimClusterOptions<CounterMachine>> & { seed?: number } = {}) {
    const { seed = 1, ...rest } = options;
    super({
      size: 3,
      machine: () => new CounterMachine(),
      ...rest,
      simulation: { seed, ...rest.simulation },
    });
  }

  /** Every running node has applied the same commands at the same places. */
  expectEqual(): void {
    const [first, ...others] = this.running;
    for (const other of others) {
      expect(other.machine.applied, `${other.id} as ${first?.id}`).toEqual(first?.machine.applied);
      expect(other.machine.value).toBe(first?.machine.value);
    }
  }
}

export type CounterMember = Member<number, void, number, CounterMachine>;

/** What became of a call, for calls whose end is awaited later. */
export interface Outcome<T> {
  readonly value: T | null;
  readonly error: (Error & { readonly code?: string; readonly outcome?: string }) | null;
}

/** Keeps a promise from being unhandled, and tells what became of it. */
export function outcomeOf<T>(promise: Promise<T>): Promise<Outcome<T>> {
  return promise.then(
    (value) => ({ value, error: null }),
    (error: Error) => ({ value: null, error }),
  );
}
