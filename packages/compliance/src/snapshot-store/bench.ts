import type { Manifest, PartName, SnapshotStore, StoreCallback } from '@smalti/core';
import { ComplianceError, check, same } from '../suite/expect.ts';
import type { Checkpoint } from './checkpoints.ts';
import type { SnapshotStoreHarness } from './harness.ts';

/** Longer than any store may take to collect what nobody needs, as long as there is little of it. */
const COLLECTED_MS = 120_000;

/** The calls of a snapshot store as promises, for the cases. */
export class Bench {
  readonly harness: SnapshotStoreHarness;

  constructor(harness: SnapshotStoreHarness) {
    this.harness = harness;
  }

  open(): Promise<SnapshotStore> {
    return this.harness.drive(this.harness.open());
  }

  close(store: SnapshotStore): Promise<void> {
    return this.call((done) => store.close(done));
  }

  get(store: SnapshotStore, name: PartName): Promise<Uint8Array | null> {
    return this.call<Uint8Array | null>((done) => store.get(name, done));
  }

  put(store: SnapshotStore, parts: ReadonlyMap<PartName, Uint8Array>): Promise<void> {
    return this.call((done) => store.put(parts, done));
  }

  commit(store: SnapshotStore, manifest: Manifest): Promise<void> {
    return this.call((done) => store.commit(manifest, done));
  }

  /** Puts all parts of a checkpoint, and commits it. */
  async keep(store: SnapshotStore, { manifest, parts }: Checkpoint): Promise<void> {
    const lease = store.lease(null, Number.POSITIVE_INFINITY);
    await this.put(store, parts);
    await this.commit(store, manifest);
    lease.release();
  }

  drop(store: SnapshotStore, { manifest }: Checkpoint): Promise<void> {
    return this.call((done) => store.drop(manifest.anchor, done));
  }

  collected(): Promise<void> {
    return this.harness.wait(COLLECTED_MS);
  }

  /** States that a checkpoint is there, whole, as it was put. */
  async expectWhole(store: SnapshotStore, { manifest, parts }: Checkpoint): Promise<void> {
    const shown = store.manifests().find(({ root }) => root === manifest.root);
    check(shown !== undefined, `the checkpoint at ${manifest.anchor.index} is not there`);
    for (const [name, bytes] of parts) {
      check(store.has(name), `part ${name} of the checkpoint at ${manifest.anchor.index} is missing`);
      const got = await this.get(store, name);
      check(got !== null, `part ${name} of the checkpoint at ${manifest.anchor.index} cannot be read`);
      check(Buffer.from(got).equals(bytes), `part ${name} has other bytes than were put`);
    }
  }

  /** States which checkpoints there are. */
  expectManifests(store: SnapshotStore, manifests: readonly Manifest[]): void {
    same(store.manifests().map(showManifest), manifests.map(showManifest), 'the manifests, oldest first');
  }

  /** Submits, and lets time go on until it has called back: once, and not within the call. */
  call<T = void>(submitted: (done: StoreCallback<T>) => void): Promise<T> {
    const answer = new Promise<T>((resolve, reject) => {
      let within = true;
      let told = false;
      submitted((error, value) => {
        if (within || told)
          throw new ComplianceError('a callback came within the call that it was given to, or twice');
        told = true;
        if (error !== null) reject(error);
        else resolve(value);
      });
      within = false;
    });
    return this.harness.drive(answer);
  }
}

function showManifest({ anchor, root, format, bytes, agreed }: Manifest): unknown[] {
  return [anchor.index, anchor.term, root, format, bytes, agreed];
}
