import { registerCases, type TransportFactory, transportSuite } from '@smalti/compliance';
import type { BondLimits, Transport } from '@smalti/core';
import { nodePlatform } from '@smalti/platform-node';
import { memoryHub } from '@smalti/transport-memory';
import { describe, it } from 'vitest';

const { clock, scheduler, random, hasher } = nodePlatform();
const ports = { clock, scheduler, random, hasher };

const factory: TransportFactory = {
  abilities: ['kill', 'break'],
  async create() {
    const hub = memoryHub(ports);
    const nodes = new Map<string, Transport>();
    return {
      ...ports,
      async start(name: string, limits?: Partial<BondLimits>) {
        const transport = hub.transport(name, {}, limits);
        nodes.set(name, transport);
        return transport;
      },
      addressOf: (name) => name,
      async kill(name) {
        hub.kill(name);
        nodes.delete(name);
      },
      breakLinks() {
        for (const a of nodes.keys()) for (const b of nodes.keys()) hub.reset(a, b);
      },
      drive: (work) => work,
      async dispose() {
        for (const transport of nodes.values()) await transport.close();
      },
    };
  },
};

registerCases({ describe, it }, 'memory transport', transportSuite(factory));
