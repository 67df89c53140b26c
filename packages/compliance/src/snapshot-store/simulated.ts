import type { SnapshotStore } from '@smalti/core';
import { type SimDiskOptions, type SimPorts, SimRandom, Simulation } from '@smalti/simulator';
import type { SnapshotStoreAbility, SnapshotStoreFactory, SnapshotStoreHarness } from './harness.ts';

/** A snapshot store that does everything through the ports. */
export interface SimulatedSnapshotStore {
  /** Opens the store on the ports of one process. The disk is as the process before left it. */
  readonly open: (ports: SimPorts) => Promise<SnapshotStore>;
  /** Default: all of them. Without `damage` for a store that does not keep parts as they are. */
  readonly abilities?: readonly SnapshotStoreAbility[];
  /** How the disk behaves. */
  readonly disk?: SimDiskOptions;
  /** Also tear sectors in crashes. Default false. */
  readonly tornSectors?: boolean;
}

const ALL: readonly SnapshotStoreAbility[] = ['reopen', 'crash', 'full', 'failure', 'lock', 'damage'];

/** A factory for stores over the ports: each on a simulated node, with virtual time and exact crashes. */
export function simulatedSnapshotStore(store: SimulatedSnapshotStore): SnapshotStoreFactory {
  return {
    abilities: store.abilities ?? ALL,
    create: (seed) => Promise.resolve(harnessOf(store, seed)),
  };
}

function harnessOf(store: SimulatedSnapshotStore, seed: number): SnapshotStoreHarness {
  const { open, disk, tornSectors = false } = store;
  const sim = new Simulation({ seed });
  const node = sim.node('n1', disk === undefined ? {} : { disk });
  return {
    open: () => open(node.ports),
    drive: (work) => sim.complete(work),
    async pass(steps) {
      for (let i = 0; i < steps; i++) {
        sim.step();
        await sim.settle();
      }
    },
    wait: (ms) => sim.runFor(ms),
    now: () => node.clock.now(),
    async crash(crashSeed) {
      // Of all ends of a process, one in four leaves the cache as it was.
      const random = new SimRandom(crashSeed);
      if (random.chance(0.25)) node.kill();
      else node.crash({ random, tornSectors });
      node.disk.clearFaults();
      node.restart();
    },
    async fill() {
      node.disk.capacity = node.disk.used;
    },
    async free() {
      node.disk.capacity = Number.POSITIVE_INFINITY;
    },
    async breakDown() {
      const kind = new SimRandom(seed).pick(['write', 'sync'] as const);
      node.disk.fail({ kind, times: Number.POSITIVE_INFINITY });
    },
    async damage(bytes) {
      for (const path of node.disk.paths()) {
        const content = Buffer.from(node.disk.contents(path));
        for (let at = content.indexOf(bytes); at >= 0; at = content.indexOf(bytes, at + 1)) {
          node.disk.corrupt(path, at + (bytes.length >> 1));
        }
      }
    },
    async dispose() {},
  };
}
