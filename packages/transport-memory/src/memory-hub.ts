import {
  type BondLimits,
  type Clock,
  DEFAULT_BOND_LIMITS,
  type Hasher,
  type Lane,
  type Link,
  type LinkEvents,
  type Logger,
  type Random,
  type Scheduler,
  SmaltiError,
  silentLogger,
  type Transport,
} from '@smalti/core';
import { BulkPace } from './bulk-pace.ts';
import type { Medium } from './medium.ts';
import { MemoryNode } from './memory-node.ts';
import { MemoryWire } from './memory-wire.ts';

/** The doors that a node uses. */
export interface MemoryPorts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly hasher: Hasher;
  /** Default: says nothing. */
  readonly logger?: Logger;
}

/** What a hub is made with. */
export interface MemoryHubOptions extends MemoryPorts {
  /** What carries bytes between nodes. Without one they arrive in the next turn. */
  readonly medium?: Medium;
  /** Bounds of every transport on the hub, where they differ from `DEFAULT_BOND_LIMITS`. */
  readonly limits?: Partial<BondLimits>;
}

/** Where the transports of several nodes in one process meet. */
export interface Hub {
  /**
   * The transport of the node with that address (any text without spaces; for a medium, its node's name). Ports that
   * are given hold for this node alone, e.g. those of a simulated process.
   *
   * @throws SmaltiError `ADDRESS_IN_USE` while another transport has that address.
   */
  transport(address: string, ports?: Partial<MemoryPorts>, limits?: Partial<BondLimits>): Transport;
  /**
   * Ends the node at that address as `kill -9` does: others lose their bonds with it, it hears and says nothing any
   * more. The address is free at once. Does nothing if there is none.
   */
  kill(address: string): void;
  /** Ends every connection between two nodes, for both, as a TCP reset does. */
  reset(a: string, b: string): void;
}

/** The {@link Hub}, as its nodes see it. */
export class MemoryHub implements Hub {
  readonly #options: MemoryHubOptions;
  readonly #limits: BondLimits;
  readonly #nodes = new Map<string, MemoryNode>();
  readonly #wires = new Set<MemoryWire>();
  readonly #paces = new Map<string, BulkPace>();

  constructor(options: MemoryHubOptions) {
    this.#options = options;
    // Nothing is lost without a medium, so there is no silence to look into.
    this.#limits = { ...DEFAULT_BOND_LIMITS, ...(options.medium ? {} : { pingMs: 0 }), ...options.limits };
    options.medium?.onCut((a, b) => this.reset(a, b));
  }

  transport(address: string, ports: Partial<MemoryPorts> = {}, limits: Partial<BondLimits> = {}): Transport {
    if (this.#nodes.has(address)) {
      throw new SmaltiError(
        'ADDRESS_IN_USE',
        `there is a transport at "${address}" already: close or kill it first`,
      );
    }
    const { clock, scheduler, random, hasher, logger = silentLogger } = { ...this.#options, ...ports };
    const node = new MemoryNode(
      this,
      address,
      { clock, scheduler, random, hasher, logger },
      { ...this.#limits, ...limits },
    );
    this.#nodes.set(address, node);
    return node;
  }

  kill(address: string): void {
    const node = this.#nodes.get(address);
    if (!node) return;
    this.#nodes.delete(address);
    node.board.vanish();
    for (const wire of [...this.#wires]) if (wire.touches(node)) wire.killed(node);
  }

  reset(a: string, b: string): void {
    const why = `the connection between ${a} and ${b} was reset`;
    for (const wire of [...this.#wires]) if (wire.joins(a, b)) wire.reset(why);
  }

  find(address: string): MemoryNode | undefined {
    return this.#nodes.get(address);
  }

  leave(node: MemoryNode): void {
    if (this.#nodes.get(node.address) === node) this.#nodes.delete(node.address);
  }

  connect(from: MemoryNode, to: string, events: LinkEvents): Link {
    const wire = new MemoryWire(this, from, to, events);
    this.#wires.add(wire);
    wire.dial();
    return wire.near;
  }

  forget(wire: MemoryWire): void {
    this.#wires.delete(wire);
  }

  /** False if it is known not to arrive. */
  carry(from: string, to: string, bytes: number, lane: Lane, deliver: () => void): boolean {
    const { medium } = this.#options;
    if (medium && from !== to) return medium.carry(from, to, bytes, deliver, lane);
    if (lane === 'control') this.later(deliver);
    else this.#pace(`${from} ${to}`).push(bytes, deliver);
    return true;
  }

  later(work: () => void): void {
    this.#options.scheduler.nextTurn(work);
  }

  #pace(way: string): BulkPace {
    const pace = this.#paces.get(way) ?? new BulkPace((work) => this.later(work));
    this.#paces.set(way, pace);
    return pace;
  }
}

/**
 * Makes a hub: nodes whose transports come from it can bond with each other, by the same handshake and the same rules
 * as over a network.
 *
 * @example
 * const hub = memoryHub({ clock, scheduler, random, hasher });
 * const a = hub.transport('n1');
 * const b = hub.transport('n2');
 */
export function memoryHub(options: MemoryHubOptions): Hub {
  return new MemoryHub(options);
}
