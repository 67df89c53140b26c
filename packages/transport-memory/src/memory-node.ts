import type {
  BondCredentials,
  BondEvents,
  BondLimits,
  Lane,
  PluginDescriptor,
  SwitchboardParts,
  Transport,
  TransportGroup,
} from '@smalti/core';
import { Switchboard } from '@smalti/core';
import type { MemoryHub } from './memory-hub.ts';

/** One node's {@link Transport} on a hub. */
export class MemoryNode implements Transport {
  readonly descriptor: PluginDescriptor = Object.freeze({
    name: '@smalti/transport-memory',
    version: '0.1.0',
    contract: 'transport',
    contractVersion: 1,
  });
  readonly address: string;
  readonly maxMessageBytes: number;
  /** Bytes that may wait in each lane. */
  readonly bounds: Readonly<Record<Lane, number>>;
  readonly board: Switchboard;
  readonly #hub: MemoryHub;

  constructor(
    hub: MemoryHub,
    address: string,
    ports: Omit<SwitchboardParts, 'limits' | 'connect'>,
    limits: BondLimits,
  ) {
    this.#hub = hub;
    this.address = address;
    this.maxMessageBytes = limits.maxMessageBytes;
    this.bounds = { control: limits.controlQueueBytes, bulk: limits.bulkQueueBytes };
    const connect: SwitchboardParts['connect'] = (to, events) => hub.connect(this, to, events);
    this.board = new Switchboard({ ...ports, limits, connect });
  }

  attach(credentials: BondCredentials, events: BondEvents): TransportGroup {
    return this.board.attach(credentials, events);
  }

  async close(): Promise<void> {
    this.#hub.leave(this);
    this.board.close();
  }
}
