import { type LogStoreFactory, logStoreSuite, registerCases } from '@smalti/compliance';
import { SimRandom, Simulation } from '@smalti/simulator';
import { type MemoryData, type MemoryStore, memoryStore } from '@smalti/storage-memory';
import { describe, it } from 'vitest';

/** Memory stores whose data outlives them, as a directory would. */
const inMemory: LogStoreFactory = {
  abilities: ['reopen', 'crash', 'full', 'failure', 'lock', 'foreign'],
  create(seed) {
    const sim = new Simulation({ seed });
    const { random, scheduler } = sim.node('n1').ports;
    let data: MemoryData | undefined;
    let store: MemoryStore | undefined;
    let capacity = Number.POSITIVE_INFINITY;
    return Promise.resolve({
      async open(node) {
        store = memoryStore({ node, random, scheduler, capacity, ...(data && { data }) });
        data = store.data;
        return store;
      },
      drive: (work) => sim.complete(work),
      async pass(steps) {
        for (let i = 0; i < steps; i++) {
          sim.step();
          await sim.settle();
        }
      },
      async crash(crashSeed) {
        store?.crash(new SimRandom(crashSeed).below(5));
      },
      async fill() {
        capacity = 200_000;
        if (store) store.capacity = capacity;
      },
      async free() {
        capacity = Number.POSITIVE_INFINITY;
        if (store) store.capacity = capacity;
      },
      async breakDown() {
        store?.fail();
      },
      async dispose() {},
    });
  },
};

registerCases({ describe, it }, 'the memory store', logStoreSuite(inMemory));
