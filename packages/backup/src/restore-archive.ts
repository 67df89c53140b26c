import type {
  CheckpointRoot,
  Hasher,
  Manifest,
  PartName,
  SmaltiError,
  SnapshotStore,
  StoreCallback,
} from '@smalti/core';
import { ArchiveReader } from './archive-reader.ts';
import type { ByteSource, ReadOptions } from './source.ts';
import { verifyArchive } from './verify-archive.ts';

/** Bytes of parts that are put at once, about. */
const BATCH_BYTES = 1024 * 1024;

/** The checkpoint that a new cluster begins with. */
export interface NewCheckpoint {
  readonly manifest: Manifest;
  /** Its root, and what else it reaches that the archive has not. */
  readonly parts: ReadonlyMap<PartName, Uint8Array>;
}

/** Where a backup goes. */
export interface Target {
  /** Empty. */
  readonly store: SnapshotStore;
  readonly checkpoint: NewCheckpoint;
}

/** How a backup is restored. */
export interface Restoring<T extends Target = Target> extends ReadOptions {
  /** Makes a place, and the new checkpoint of what was backed up. Called once, after the archive was verified. */
  begin(root: CheckpointRoot): Promise<T>;
}

/**
 * Puts the state of an archive into a store as the first checkpoint of another cluster. The archive is verified before
 * anything else is done. What an error leaves in the store is no checkpoint: the manifest comes last.
 *
 * @throws SmaltiError as `verifyArchive` does; what `begin` throws; `STORAGE_*` of the store.
 */
export async function restoreArchive<T extends Target>(
  source: ByteSource,
  restoring: Restoring<T>,
): Promise<T> {
  const { hasher, progress = () => {} } = restoring;
  const all = 3 * source.length;
  const { root } = await verifyArchive(source, { hasher, progress: (done) => progress(done, all) });
  const target = await restoring.begin(root);
  const { store, checkpoint } = target;
  const lease = store.lease(null, Number.POSITIVE_INFINITY);
  try {
    await putAll(source, store, hasher, (done) => progress(2 * source.length + done, all));
    await settled((done) => store.put(checkpoint.parts, done));
    await settled((done) => store.commit(checkpoint.manifest, done));
  } finally {
    lease.release();
  }
  progress(all, all);
  return target;
}

/** All but the root: it is of the other cluster, and nothing needs it any more. */
async function putAll(
  source: ByteSource,
  store: SnapshotStore,
  hasher: Hasher,
  tell: (done: number) => void,
): Promise<void> {
  const reader = await ArchiveReader.open(source, hasher);
  let batch = new Map<PartName, Uint8Array>();
  let bytes = 0;
  const put = async (): Promise<void> => {
    const whole = batch;
    batch = new Map();
    bytes = 0;
    await settled((done) => store.put(whole, done));
  };
  for await (const part of reader.parts()) {
    if (part.name === reader.manifest.root) continue;
    batch.set(part.name, part.bytes);
    bytes += part.bytes.length;
    if (bytes < BATCH_BYTES) continue;
    await put();
    tell(part.offset);
  }
  await put();
}

function settled(submit: (done: StoreCallback) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    submit((error: SmaltiError | null) => (error === null ? resolve() : reject(error)));
  });
}
