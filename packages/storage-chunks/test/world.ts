import {
  CheckpointCutter,
  cursor,
  itemSource,
  type Manifest,
  type PartName,
  type SnapshotStore,
  type StoreCallback,
  textCodec,
  toClusterId,
  toGroupId,
  toIncarnation,
  toPeerId,
} from '@smalti/core';
import { nodeHasher } from '@smalti/platform-node';
import { type SimNode, type SimPorts, SimRandom, Simulation } from '@smalti/simulator';
import { type ChunksOptions, type ChunksOwner, openChunks } from '../src/index.ts';

export const OWNER: ChunksOwner = {
  node: toPeerId('n1'),
  incarnation: toIncarnation('0f'.repeat(16)),
  group: toGroupId('a1'.repeat(32)),
};

export const SMALL: ChunksOptions = {
  packBytes: 64 * 1024,
  batchBytes: 4096,
  collectAfterMs: 10,
  graceMs: 0,
};

export interface Checkpoint {
  readonly manifest: Manifest;
  readonly parts: ReadonlyMap<PartName, Uint8Array>;
}

/** The state at an index: so many items, of which one in ten is of that index alone. */
export function checkpoint(index: number, count = 30): Checkpoint {
  const items = Array.from({ length: count }, (_, i) => ({
    key: textCodec.encode(`key ${String(i).padStart(6, '0')}`),
    value: new SimRandom(`item ${i} ${i % 10 === index % 10 ? index : ''}`).bytes(60),
  }));
  const anchor = cursor(1, index);
  const cutter = new CheckpointCutter({
    header: {
      format: { version: 1, minBytes: 256, targetBytes: 384, maxBytes: 512 },
      cluster: toClusterId('c3'.repeat(16)),
      group: OWNER.group,
      anchor,
      time: index * 10,
      machine: { signature: 'test/items/1', version: 1 },
      configuration: new Uint8Array(0),
    },
    sections: new Map([['machine', itemSource(items)]]),
    hasher: nodeHasher,
  });
  const parts = new Map<PartName, Uint8Array>();
  while (cutter.result === null) for (const { name, bytes } of cutter.step(4096)) parts.set(name, bytes);
  const { name, bytes } = cutter.result;
  return { manifest: { anchor, root: name, format: 1, bytes, agreed: false }, parts };
}

/** A node with a store on it, where time is an event queue. */
export class World {
  readonly sim = new Simulation({ seed: 1 });
  readonly node: SimNode = this.sim.node('n1');

  open(options: ChunksOptions = SMALL, more: Partial<SimPorts & { owner: ChunksOwner }> = {}): SnapshotStore {
    return this.call<SnapshotStore | null>((done) =>
      openChunks({ ...this.node.ports, hasher: nodeHasher, owner: OWNER, options, ...more }, done),
    ) as SnapshotStore;
  }

  call<T = void>(submit: (done: StoreCallback<T>) => void): T {
    return this.sim.call<T>(submit);
  }

  keep(store: SnapshotStore, { manifest, parts }: Checkpoint): void {
    const lease = store.lease(null, Number.POSITIVE_INFINITY);
    this.call((done) => store.put(parts, done));
    this.call((done) => store.commit(manifest, done));
    lease.release();
  }

  /** Names of what cannot be read of a checkpoint. */
  missing(store: SnapshotStore, { parts }: Checkpoint): PartName[] {
    return [...parts.keys()].filter(
      (name) => this.call<Uint8Array | null>((done) => store.get(name, done)) === null,
    );
  }

  /** Lets what nobody needs be collected. */
  collect(ms = 60_000): void {
    this.sim.runSync(this.node.clock.now() + ms);
  }
}
