import type { BondLimits, Clock, Hasher, Random, Transport } from '@smalti/core';

/**
 * What a transport can be tested for beyond its contract.
 *
 * - `kill`: the harness can end a node without a word;
 * - `break`: the harness can end the connections that exist, and new ones can be made.
 */
export type TransportAbility = 'kill' | 'break';

/** A network of its own, for one case. */
export interface TransportHarness {
  readonly clock: Clock;
  readonly random: Random;
  readonly hasher: Hasher;
  /** Starts a node, which listens by the time the promise settles. Names are unique among those that run. */
  start(name: string, limits?: Partial<BondLimits>): Promise<Transport>;
  /** The address at which a node of that name will listen, if it is known before it starts; else null. */
  addressOf(name: string): string | null;
  /** Ends a node as `kill -9` does. Its name can be started again. */
  kill(name: string): Promise<void>;
  /** Ends every connection that exists. */
  breakLinks(): void;
  /** Lets time go on until the work is settled. Where time is real, this is the work itself. */
  drive<T>(work: Promise<T>): Promise<T>;
  /** Ends all nodes and the network. */
  dispose(): Promise<void>;
}

/** Makes what the suite tests. */
export interface TransportFactory {
  readonly abilities: readonly TransportAbility[];
  create(): Promise<TransportHarness>;
}
