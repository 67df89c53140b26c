import {
  CheckpointCutter,
  cursor,
  DEFAULT_CHECKPOINT_FORMAT,
  itemSource,
  type Manifest,
  type PartName,
  type SnapshotStore,
  type StoreCallback,
  toClusterId,
  toGroupId,
} from '@smalti/core';
import { nodePlatform } from '@smalti/platform-node';
import { MemorySnapshotStore } from '@smalti/storage-memory';
import { KvMachine } from '../../src/machine/index.ts';
import { WatchedLeases } from '../../src/node/watched-leases.ts';
import type { KvCheckpoints, KvLease } from '../../src/service/index.ts';

export const OLD_CLUSTER = toClusterId('c3'.repeat(16));

/** A machine with so many keys of about 100 bytes. */
export function machineOf(keys: number): KvMachine {
  const machine = new KvMachine();
  for (let i = 0; i < keys; i++) {
    const [key, value] = [`key ${i}`, `${i} `.repeat(20)];
    machine.apply({ op: 'set', key, value, when: 'always', expiry: 'never', get: false }, { time: 1_000 });
  }
  return machine;
}

/** The checkpoints of a node with that state, at that index, in memory. */
export class TestCheckpoints implements KvCheckpoints {
  readonly #platform = nodePlatform();
  readonly clock = this.#platform.clock;
  readonly hasher = this.#platform.hasher;
  readonly inner = new MemorySnapshotStore(this.#platform);
  readonly #watched = new WatchedLeases(this.inner, this.clock);
  /** How often parts were asked for. */
  gets = 0;
  /** Called for a fresh checkpoint. */
  taking: () => Promise<void> = () => Promise.resolve();
  readonly store: SnapshotStore = {
    descriptor: this.inner.descriptor,
    manifests: () => this.inner.manifests(),
    has: (name) => this.inner.has(name),
    get: (name, done) => {
      this.gets += 1;
      this.inner.get(name, done);
    },
    put: (parts, done) => this.inner.put(parts, done),
    commit: (manifest, done) => this.inner.commit(manifest, done),
    drop: (anchor, done) => this.inner.drop(anchor, done),
    lease: (root, until) => this.#watched.lease(root, until),
    close: (done) => this.inner.close(done),
  };

  get leases(): readonly KvLease[] {
    return this.#watched.leases;
  }

  take(): Promise<void> {
    return this.taking();
  }

  async keep(machine: KvMachine, index: number, agreed = true): Promise<Manifest> {
    const snapshot = machine.createSnapshot();
    const cutter = new CheckpointCutter({
      header: {
        format: DEFAULT_CHECKPOINT_FORMAT,
        cluster: OLD_CLUSTER,
        group: toGroupId('a1'.repeat(32)),
        anchor: cursor(3, index),
        time: 1_700_000_000_000,
        machine: { signature: machine.signature, version: machine.version },
        configuration: Uint8Array.of(1, 2, 3),
      },
      sections: new Map([
        ['birth', itemSource([{ key: new Uint8Array(0), value: Uint8Array.of(1, 2, 3) }])],
        ['machine', snapshot],
        ['sessions', itemSource([])],
      ]),
      hasher: this.hasher,
    });
    const parts = new Map<PartName, Uint8Array>();
    while (cutter.result === null) for (const { name, bytes } of cutter.step(65_536)) parts.set(name, bytes);
    snapshot.release();
    const { name, bytes, root } = cutter.result;
    const manifest = { anchor: root.anchor, root: name, format: root.format.version, bytes, agreed };
    const lease = this.inner.lease(null, Number.POSITIVE_INFINITY);
    await called((done) => this.inner.put(parts, done));
    await called((done) => this.inner.commit(manifest, done));
    lease.release();
    return manifest;
  }
}

export function called<T = void>(submit: (done: StoreCallback<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    submit((error, value) => (error === null ? resolve(value) : reject(error)));
  });
}
