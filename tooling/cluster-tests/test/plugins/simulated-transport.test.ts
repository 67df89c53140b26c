import { registerCases, type TransportFactory, transportSuite } from '@smalti/compliance';
import type { BondLimits, Transport } from '@smalti/core';
import { Simulation } from '@smalti/simulator';
import { memoryHub } from '@smalti/transport-memory';
import { describe, expect, it, test } from 'vitest';

function world(seed: number): { sim: Simulation; factory: TransportFactory } {
  const sim = new Simulation({ seed, network: { delay: [0.2, 3], bytesPerMs: 500_000 } });
  const rest = sim.node('the test').ports;
  const hub = memoryHub({ ...rest, medium: sim.network });
  const nodes = new Map<string, Transport>();
  const factory: TransportFactory = {
    abilities: ['kill', 'break'],
    async create() {
      return {
        ...rest,
        async start(name: string, limits?: Partial<BondLimits>) {
          const node = sim.findNode(name) ?? sim.node(name);
          const transport = hub.transport(name, node.running ? node.ports : node.restart(), limits);
          nodes.set(name, transport);
          return transport;
        },
        addressOf: (name) => name,
        async kill(name) {
          sim.findNode(name)?.kill();
          hub.kill(name);
          nodes.delete(name);
        },
        breakLinks() {
          for (const a of nodes.keys()) for (const b of nodes.keys()) if (a < b) sim.network.reset(a, b);
        },
        drive: (work) => sim.complete(work),
        async dispose() {
          for (const transport of nodes.values()) await transport.close();
        },
      };
    },
  };
  return { sim, factory };
}

const factory: TransportFactory = {
  abilities: ['kill', 'break'],
  create: () => world(1).factory.create(),
};

registerCases({ describe, it }, 'memory transport in a simulation', transportSuite(factory));

test('is the same in every run with one seed', async () => {
  const run = async (seed: number): Promise<string> => {
    const { sim, factory: seeded } = world(seed);
    const cases = transportSuite(seeded).filter(({ id }) => /mesh|restart$/.test(id));
    await cases[0]?.run();
    return String(sim.digest);
  };
  expect(await run(3)).toBe(await run(3));
  expect(await run(4)).not.toBe(await run(3));
});
