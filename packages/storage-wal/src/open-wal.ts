import {
  type Clock,
  type Disk,
  DiskError,
  type GroupId,
  type Hasher,
  type Logger,
  type LogStore,
  type Meter,
  type PeerId,
  type Random,
  type Scheduler,
  type StoreCallback,
  silentLogger,
  silentMeter,
} from '@smalti/core';
import { call, run, type Steps } from '@smalti/core/steps';
import { whileOpening } from './errors.ts';
import { beginDirectory, type Directory, enterDirectory, finishDirectory } from './files/directory.ts';
import type { Doors } from './files/environment.ts';
import { OpenFiles } from './files/open-files.ts';
import { checkOptions, type WalOptions } from './options.ts';
import { makeFiles, recover } from './recovery/recover.ts';
import { WalStore } from './wal-store.ts';

/** What a store is opened with. */
export interface OpenWal {
  /** Opened on a directory that is the store's alone; it exists. */
  readonly disk: Disk;
  /** Whose directory it is, or is to be. */
  readonly node: PeerId;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly hasher: Hasher;
  readonly logger?: Logger;
  readonly meter?: Meter;
  readonly options?: WalOptions;
  /**
   * Looks at the groups of a directory that was verified, before anything in it is changed. What it throws refuses the
   * directory. Not called for an empty one.
   */
  readonly accept?: (groups: readonly GroupId[]) => void;
}

/**
 * Opens the log storage of a node: reads and verifies all of it, and makes it in an empty directory. Called once for
 * each start of a node. The lock of the directory is held until the store is closed or the process ends.
 *
 * Errors: `STORAGE_FOREIGN` another node's directory, or not one of ours; `STORAGE_LOCKED` another process has it;
 * `STORAGE_VERSION` another format; `STORAGE_ACCESS` it cannot be read or written; `STORAGE_CORRUPT` damage that may
 * not be cut away, with file and byte; `STORAGE_FULL` no room to begin (retryable); `STORAGE_FAILED` the device;
 * `BAD_OPTION`. In all but the last three cases nothing of the directory was changed.
 */
export function openWal(given: OpenWal): Promise<LogStore>;
/** As above, with a callback: for simulations, where promises are not settled. */
export function openWal(given: OpenWal, done: StoreCallback<LogStore | null>): void;
export function openWal(
  given: OpenWal,
  done?: StoreCallback<LogStore | null>,
): Promise<LogStore> | undefined {
  if (done === undefined) {
    return new Promise((resolve, reject) => {
      openWal(given, (error, store) => (store === null ? reject(error) : resolve(store)));
    });
  }
  const { logger = silentLogger, meter = silentMeter } = given;
  run(openSteps({ ...given, logger, meter }), (error, store) => {
    const told = error instanceof DiskError ? whileOpening(given.disk.location, error) : error;
    given.scheduler.endOfTurn(() => done(told, store ?? null));
  });
  return undefined;
}

function* openSteps(given: OpenWal & Doors): Steps<LogStore> {
  const options = checkOptions(given.options ?? {});
  const disk = new OpenFiles(given.disk);
  let directory: Directory | null = null;
  try {
    directory = yield* enterDirectory({ ...given, disk }, given.node);
    const recovered = yield* recoverOrMake({ ...given, disk }, options, directory);
    disk.keep();
    return new WalStore(recovered, directory.lock);
  } catch (error) {
    yield* disk.closeAll();
    const lock = directory?.lock;
    if (lock !== undefined) yield* call<void>((done) => lock.release(() => done(null, undefined)));
    throw error;
  }
}

function* recoverOrMake(
  given: OpenWal & Doors,
  options: ReturnType<typeof checkOptions>,
  directory: Directory,
) {
  const { identity, names } = directory;
  if (identity !== null) return yield* recover({ ...given, options, identity }, names, given.accept);
  const minted = yield* beginDirectory(given, given.node, names);
  const made = yield* makeFiles({ ...given, options, identity: minted });
  yield* finishDirectory(given);
  return made;
}
