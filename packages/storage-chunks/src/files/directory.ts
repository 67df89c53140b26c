import { DiskError, type DiskLock, SmaltiError } from '@smalti/core';
import { call, list, lock, type Steps, syncDirectory } from '@smalti/core/steps';
import { whileOpening } from '../errors.ts';
import type { Environment } from './environment.ts';
import {
  type ChunksOwner,
  checkIdentity,
  encodeIdentity,
  IDENTITY_FILE,
  UNFINISHED_IDENTITY_FILE,
} from './identity-file.ts';
import { readSmallFile, replaceFile } from './small-files.ts';

/** The name of the lock, and of the file that a disk may keep for it. */
const LOCK_FILE = 'lock';

/**
 * Finds out whose directory it is, locks it, and makes it if it is empty. Nothing of it is changed before it is known
 * to be ours.
 *
 * @throws SmaltiError `STORAGE_FOREIGN`, `STORAGE_VERSION`, `STORAGE_LOCKED`, `STORAGE_ACCESS`, `STORAGE_CORRUPT`.
 */
export function* enterDirectory(env: Environment, owner: ChunksOwner): Steps<DiskLock> {
  yield* isOurs(env, owner);
  const held = yield* takeLock(env);
  try {
    // Again: whoever held the lock until now may have made the directory in the meantime.
    if (!(yield* isOurs(env, owner))) {
      const identity = encodeIdentity(owner, env.hasher);
      yield* replaceFile(env.disk, IDENTITY_FILE, UNFINISHED_IDENTITY_FILE, identity);
    } else {
      yield* syncDirectory(env.disk);
    }
    return held;
  } catch (error) {
    yield* call<void>((done) => held.release(() => done(null, undefined)));
    throw error;
  }
}

/** False if the directory is empty, or was half made. */
function* isOurs({ disk, hasher }: Environment, owner: ChunksOwner): Steps<boolean> {
  const { location } = disk;
  try {
    const names = yield* list(disk);
    if (names.includes(IDENTITY_FILE)) {
      checkIdentity(yield* readSmallFile(disk, IDENTITY_FILE), owner, location, hasher);
      return true;
    }
    const others = names.filter((name) => name !== LOCK_FILE && name !== UNFINISHED_IDENTITY_FILE);
    if (others.length === 0) return false;
    const message =
      `${location} is not empty, and has no checkpoints of Smalti: it has ${others.slice(0, 3).join(', ')}. ` +
      `Give node ${owner.node} an empty directory`;
    throw new SmaltiError('STORAGE_FOREIGN', message, { details: { location, names: others.slice(0, 3) } });
  } catch (error) {
    throw error instanceof DiskError ? whileOpening(location, error) : error;
  }
}

function* takeLock({ disk }: Environment): Steps<DiskLock> {
  try {
    return yield* lock(disk, LOCK_FILE);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    if (error.code !== 'locked') throw whileOpening(disk.location, error);
    const message = `${disk.location} is in use: ${error.message}. Two stores cannot share a directory`;
    throw new SmaltiError('STORAGE_LOCKED', message, { cause: error, details: { location: disk.location } });
  }
}
