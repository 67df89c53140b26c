import type { SmaltiError } from '@smalti/core';
import type { LedgerMachine } from './ledger.ts';
import type { SimCluster } from './sim-cluster.ts';

type Ledger = SimCluster<number, void, number, LedgerMachine>;

/** How clients behave. */
export interface ClientOptions {
  readonly clients: number;
  /** The longest pause between two calls of a client, in milliseconds. */
  readonly pauseMs: number;
  /** The share of calls that are reads. Default 0.4. */
  readonly reads?: number;
  readonly timeoutMs?: number;
}

/**
 * Clients that write numbers, each once, and read how many there are, through any node. What they see is checked as
 * they see it: the ledger only grows, so every call has to see at least what any call that had ended before saw.
 */
export class Clients {
  readonly acknowledged = new Map<number, number>();
  readonly refused: number[] = [];
  readonly unknown: number[] = [];
  readonly problems: string[] = [];
  readonly codes = new Map<string, number>();
  reads = 0;
  /** When the last write was acknowledged, in virtual milliseconds. */
  lastAt = 0;
  readonly #cluster: Ledger;
  readonly #options: ClientOptions;
  #next = 0;
  #seen = 0;
  #running = true;

  constructor(cluster: Ledger, options: ClientOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  /** @returns what ends when all have ended, after `stop`. */
  start(): Promise<unknown> {
    return Promise.all(Array.from({ length: this.#options.clients }, () => this.#live()));
  }

  stop(): void {
    this.#running = false;
  }

  /** Compares what was told (or so much of it) with what every node holds in the end. */
  check(acknowledged: ReadonlyMap<number, number> = this.acknowledged): string[] {
    const problems = [...this.problems];
    for (const { id, machine } of this.#cluster.running) {
      const { entries } = machine;
      const once = new Set(entries);
      if (once.size !== entries.length) problems.push(`${id} has applied a command twice`);
      for (const [number, place] of acknowledged) {
        if (entries[place - 1] !== number) problems.push(`${id} lacks ${number}, acknowledged at ${place}`);
      }
      for (const number of this.refused) {
        if (once.has(number)) problems.push(`${id} has ${number}, which was said not to be applied`);
      }
    }
    return problems;
  }

  async #live(): Promise<void> {
    const { sim } = this.#cluster;
    while (this.#running) {
      await new Promise<void>((resolve) => {
        sim.schedule(sim.random.between(0, this.#options.pauseMs), 'client', resolve);
      });
      const nodes = this.#cluster.running;
      const node = nodes[sim.random.below(Math.max(1, nodes.length))];
      if (node === undefined) continue;
      const call = sim.random.chance(this.#options.reads ?? 0.4) ? this.#read(node) : this.#write(node);
      let unlisten = (): void => {};
      const death = new Promise<void>((resolve) => {
        unlisten = node.sim.onCrash(resolve);
      });
      await Promise.race([call, death]);
      unlisten();
    }
  }

  async #read(node: Ledger['running'][number]): Promise<void> {
    const floor = this.#seen;
    const { timeoutMs = 3000 } = this.#options;
    try {
      const { result } = await node.group.query(undefined, 'strong', { timeoutMs });
      this.reads += 1;
      if (result < floor)
        this.problems.push(`a read on ${node.id} saw ${result} after ${floor} had been seen`);
      this.#see(result);
    } catch (error) {
      this.#count(error as SmaltiError);
    }
  }

  async #write(node: Ledger['running'][number]): Promise<void> {
    this.#next += 1;
    const number = this.#next;
    const floor = this.#seen;
    const { timeoutMs = 3000 } = this.#options;
    try {
      const { result } = await node.group.execute(number, { timeoutMs });
      this.acknowledged.set(number, result);
      this.lastAt = this.#cluster.sim.now;
      if (result <= floor)
        this.problems.push(`a write on ${node.id} came to ${result} after ${floor} had been seen`);
      this.#see(result);
    } catch (error) {
      const { outcome } = error as SmaltiError;
      if (outcome === 'not-applied') this.refused.push(number);
      else this.unknown.push(number);
      this.#count(error as SmaltiError);
    }
  }

  #see(size: number): void {
    if (size > this.#seen) this.#seen = size;
  }

  #count({ code }: SmaltiError): void {
    this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
  }
}
