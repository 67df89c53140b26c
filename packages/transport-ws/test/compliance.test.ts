import { registerCases, type TransportFactory, transportSuite } from '@smalti/compliance';
import type { BondLimits, Transport } from '@smalti/core';
import { nodePlatform } from '@smalti/platform-node';
import { describe, it } from 'vitest';
import { wsTransport } from '../src/index.ts';
import { type Breakable, breakable } from './breakable.ts';

const ports = nodePlatform();

const factory: TransportFactory = {
  abilities: ['kill', 'break'],
  async create() {
    const nodes = new Map<string, { transport: Transport; door: Breakable }>();
    return {
      ...ports,
      async start(name: string, limits: Partial<BondLimits> = {}) {
        let port = 0;
        const door = await breakable(() => port);
        const advertise = door.address;
        const parts = { ...ports, limits };
        // The port is free again at once, and nobody else asks for one in between: tests of a file run in turn.
        const probe = await wsTransport({ ...parts, listen: '127.0.0.1:0' });
        port = Number(probe.address.split(':')[1]);
        await probe.close();
        const transport = await wsTransport({ ...parts, listen: `127.0.0.1:${port}`, advertise });
        nodes.set(name, { transport, door });
        return transport;
      },
      addressOf: () => null,
      async kill(name) {
        const node = nodes.get(name);
        nodes.delete(name);
        // Its connections go first, so that nothing it says on leaving is heard.
        await node?.door.close();
        await node?.transport.close();
      },
      breakLinks() {
        for (const { door } of nodes.values()) door.breakAll();
      },
      drive: (work) => work,
      async dispose() {
        await Promise.all([...nodes.values()].map(({ transport }) => transport.close()));
        await Promise.all([...nodes.values()].map(({ door }) => door.close()));
      },
    };
  },
};

registerCases({ describe, it }, 'WebSocket transport', transportSuite(factory));
