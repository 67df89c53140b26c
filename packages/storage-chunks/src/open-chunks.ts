import {
  type Clock,
  type Disk,
  DiskError,
  type DiskLock,
  type Hasher,
  type Logger,
  type Meter,
  type Scheduler,
  type SnapshotStore,
  type StoreCallback,
  silentLogger,
  silentMeter,
} from '@smalti/core';
import { call, run, type Steps } from '@smalti/core/steps';
import { ChunkStore } from './chunk-store.ts';
import { whileOpening } from './errors.ts';
import { enterDirectory } from './files/directory.ts';
import type { Environment } from './files/environment.ts';
import type { ChunksOwner } from './files/identity-file.ts';
import { PackFiles } from './files/pack-files.ts';
import { type ChunksOptions, checkOptions } from './options.ts';
import { PartIndex } from './part-index.ts';
import { recover } from './recovery.ts';

/** What a store is opened with. */
export interface OpenChunks {
  /** Opened on a directory that is the store's alone; it exists. */
  readonly disk: Disk;
  /** Whose checkpoints they are, or are to be. */
  readonly owner: ChunksOwner;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly hasher: Hasher;
  readonly logger?: Logger;
  readonly meter?: Meter;
  readonly options?: ChunksOptions;
}

/**
 * Opens the checkpoints of a group on a node: reads and verifies all of them, and makes the store in an empty
 * directory. Called once for each start. The lock of the directory is held until the store is closed or the process
 * ends. Damaged parts do not keep it from opening: they are as if they were missing.
 *
 * Errors: `STORAGE_FOREIGN` the directory of others, or not one of ours; `STORAGE_LOCKED` another process has it;
 * `STORAGE_VERSION` another format; `STORAGE_ACCESS` it cannot be read or written; `STORAGE_CORRUPT` it does not say
 * whose it is; `STORAGE_FULL` no room to begin (retryable); `STORAGE_FAILED` the device; `BAD_OPTION`.
 */
export function openChunks(given: OpenChunks): Promise<SnapshotStore>;
/** As above, with a callback: for simulations, where promises are not settled. */
export function openChunks(given: OpenChunks, done: StoreCallback<SnapshotStore | null>): void;
export function openChunks(
  given: OpenChunks,
  done?: StoreCallback<SnapshotStore | null>,
): Promise<SnapshotStore> | undefined {
  if (done === undefined) {
    return new Promise((resolve, reject) => {
      openChunks(given, (error, store) => (store === null ? reject(error) : resolve(store)));
    });
  }
  run(openSteps(given), (error, store) => {
    const told = error instanceof DiskError ? whileOpening(given.disk.location, error) : error;
    given.scheduler.endOfTurn(() => done(told, store ?? null));
  });
  return undefined;
}

function* openSteps(given: OpenChunks): Steps<SnapshotStore> {
  const options = checkOptions(given.options ?? {});
  const { logger = silentLogger, meter = silentMeter } = given;
  const env: Environment = { ...given, logger, meter, options };
  const lock = yield* enterDirectory(env, given.owner);
  const index = new PartIndex();
  const files = new PackFiles(env, index);
  try {
    const manifests = yield* recover(env, index, files);
    return new ChunkStore({ env, lock, index, files, manifests });
  } catch (error) {
    yield* files.closeAll();
    yield* release(lock);
    throw error;
  }
}

function release(lock: DiskLock): Steps<void> {
  return call((done) => lock.release(() => done(null, undefined)));
}
