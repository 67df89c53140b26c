import {
  DiskError,
  type DiskLock,
  type PeerId,
  SmaltiError,
  type StoreIdentity,
  toHex,
  toIncarnation,
} from '@smalti/core';
import {
  call,
  close,
  list,
  lock,
  open,
  readAll,
  rename,
  type Steps,
  syncDirectory,
  unlink,
  writeAndSync,
} from '@smalti/core/steps';
import { corrupt, whileOpening } from '../errors.ts';
import { segmentNumber } from '../format/segment-name.ts';
import type { Doors } from './environment.ts';
import { HARD_STATE_FILE } from './hard-state-file.ts';
import { decodeIdentity, encodeIdentity, IDENTITY_FILE, UNFINISHED_IDENTITY_FILE } from './identity-file.ts';

/** The name of the lock, and of the file that a disk may keep for it. */
export const LOCK_FILE = 'lock';

/** A directory that is ours alone, until the lock is released. */
export interface Directory {
  readonly lock: DiskLock;
  /** Null if the directory is empty, or was half made when the power went: it has to be made. */
  readonly identity: StoreIdentity | null;
  readonly names: readonly string[];
}

/**
 * Finds out whose directory it is, and locks it. Nothing of it is changed before both are known.
 *
 * @throws SmaltiError `STORAGE_FOREIGN`, `STORAGE_VERSION`, `STORAGE_LOCKED`, `STORAGE_ACCESS`, `STORAGE_CORRUPT`.
 */
export function* enterDirectory(doors: Doors, node: PeerId): Steps<Directory> {
  yield* examine(doors, node);
  const held = yield* takeLock(doors);
  try {
    // Again: whoever held the lock until now may have made the directory in the meantime.
    const { identity, names } = yield* examine(doors, node);
    return { lock: held, identity, names };
  } catch (error) {
    yield* call<void>((done) => held.release(() => done(null, undefined)));
    throw error;
  }
}

/**
 * Makes the identity of a new directory, under the name that says it is not finished. What an earlier, unfinished
 * attempt left goes first; nothing was ever promised on it.
 */
export function* beginDirectory(doors: Doors, node: PeerId, names: readonly string[]): Steps<StoreIdentity> {
  const { disk, hasher, random } = doors;
  for (const name of names)
    if (segmentNumber(name) !== null || name === HARD_STATE_FILE) yield* unlink(disk, name);
  yield* syncDirectory(disk);
  if (names.includes(UNFINISHED_IDENTITY_FILE)) yield* unlink(disk, UNFINISHED_IDENTITY_FILE);
  const identity = { node, incarnation: toIncarnation(toHex(random.bytes(16))) };
  const file = yield* open(disk, UNFINISHED_IDENTITY_FILE, 'create');
  yield* writeAndSync(file, 0, encodeIdentity(identity, hasher));
  yield* close(file);
  yield* syncDirectory(disk);
  return identity;
}

/** Everything else is there and durable: says so, durably. */
export function* finishDirectory(doors: Doors): Steps<void> {
  yield* syncDirectory(doors.disk);
  yield* rename(doors.disk, UNFINISHED_IDENTITY_FILE, IDENTITY_FILE);
  yield* syncDirectory(doors.disk);
}

function* examine(
  doors: Doors,
  node: PeerId,
): Steps<{ readonly identity: StoreIdentity | null; readonly names: readonly string[] }> {
  const { disk, hasher } = doors;
  const { location } = disk;
  try {
    const names = yield* list(disk);
    if (names.includes(IDENTITY_FILE)) {
      const file = yield* open(disk, IDENTITY_FILE, 'existing');
      const bytes = yield* readAll(file);
      yield* close(file);
      return { identity: decodeIdentity(bytes, node, location, hasher), names };
    }
    const others = names.filter((name) => name !== LOCK_FILE);
    const ours = others.filter((name) => segmentNumber(name) !== null || name === HARD_STATE_FILE);
    if (others.length === 0 || others.includes(UNFINISHED_IDENTITY_FILE)) return { identity: null, names };
    if (ours.length > 0) {
      throw corrupt(location, IDENTITY_FILE, 0, `the file is missing, and there is a log (${ours[0]})`);
    }
    throw new SmaltiError(
      'STORAGE_FOREIGN',
      `${location} is not empty, and is no directory of Smalti: it has ${others.slice(0, 3).join(', ')}. ` +
        `Give node ${node} an empty directory`,
      { details: { location, names: others.slice(0, 3), node } },
    );
  } catch (error) {
    throw error instanceof DiskError ? whileOpening(location, error) : error;
  }
}

function* takeLock({ disk }: Doors): Steps<DiskLock> {
  try {
    return yield* lock(disk, LOCK_FILE);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    if (error.code !== 'locked') throw whileOpening(disk.location, error);
    const message = `${disk.location} is in use: ${error.message}. Two nodes cannot share a directory`;
    throw new SmaltiError('STORAGE_LOCKED', message, { cause: error, details: { location: disk.location } });
  }
}
