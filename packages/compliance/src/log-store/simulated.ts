import type { LogStore, PeerId } from '@smalti/core';
import { type SimDiskOptions, type SimPorts, SimRandom, Simulation } from '@smalti/simulator';
import type { LogStoreAbility, LogStoreFactory, LogStoreHarness } from './harness.ts';

/** A log store that does everything through the ports. */
export interface SimulatedLogStore {
  /** Opens the store on the ports of one process. The disk is as the process before left it. */
  readonly open: (ports: SimPorts, node: PeerId) => Promise<LogStore>;
  /** Default: all of them. */
  readonly abilities?: readonly LogStoreAbility[];
  /**
   * How the disk behaves. With `ignoreSync` the disk lies, and every store must fail: that shows that the suite can
   * tell.
   */
  readonly disk?: SimDiskOptions;
  /** Also tear sectors in crashes. Default false. */
  readonly tornSectors?: boolean;
}

const ALL: readonly LogStoreAbility[] = ['reopen', 'crash', 'full', 'failure', 'lock', 'foreign'];

/** A factory for stores over the ports: each on a simulated node, with virtual time and exact crashes. */
export function simulatedLogStore(store: SimulatedLogStore): LogStoreFactory {
  return {
    abilities: store.abilities ?? ALL,
    create: (seed) => Promise.resolve(harnessOf(store, seed)),
  };
}

function harnessOf({ open, disk, tornSectors = false }: SimulatedLogStore, seed: number): LogStoreHarness {
  const sim = new Simulation({ seed });
  const node = sim.node('n1', disk === undefined ? {} : { disk });
  return {
    open: (name) => open(node.ports, name),
    drive: (work) => sim.complete(work),
    async pass(steps) {
      for (let i = 0; i < steps; i++) {
        sim.step();
        await sim.settle();
      }
    },
    async crash(crashSeed) {
      node.crash({ random: new SimRandom(crashSeed), tornSectors });
      node.restart();
    },
    async fill() {
      node.disk.capacity = node.disk.used;
    },
    async free() {
      node.disk.capacity = Number.POSITIVE_INFINITY;
    },
    async breakDown(faultSeed) {
      const kind = new SimRandom(faultSeed).pick(['write', 'sync'] as const);
      node.disk.fail({ kind, times: Number.POSITIVE_INFINITY });
    },
    async dispose() {},
  };
}
