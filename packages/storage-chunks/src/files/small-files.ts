import { type Disk, DiskError, type DiskFile } from '@smalti/core';
import {
  call,
  list,
  open,
  readAll,
  rename,
  type Steps,
  sync,
  syncDirectory,
  unlink,
  write,
} from '@smalti/core/steps';
import { full } from '../errors.ts';

/** Closes a file. What is on the disk does not depend on it, so it does not fail. */
export function close(file: DiskFile): Steps<void> {
  return call((done) => file.close(() => done(null, undefined)));
}

/** All bytes of a small file. */
export function* readSmallFile(disk: Disk, path: string): Steps<Uint8Array> {
  const file = yield* open(disk, path, 'existing');
  try {
    return yield* readAll(file);
  } finally {
    yield* close(file);
  }
}

/**
 * Puts a small file in the place of another, or of none, so that a crash leaves one of them, whole. It is durable, name
 * and content, when this ends. `unfinished` is the name that it has until then.
 *
 * @throws SmaltiError `STORAGE_FULL`: nothing has changed. DiskError: final.
 */
export function* replaceFile(disk: Disk, path: string, unfinished: string, bytes: Uint8Array): Steps<void> {
  const names = yield* list(disk);
  if (names.includes(unfinished)) yield* unlink(disk, unfinished);
  let file: DiskFile | null = null;
  try {
    file = yield* open(disk, unfinished, 'create');
    yield* write(file, 0, bytes);
  } catch (error) {
    if (file !== null) yield* close(file);
    throw error instanceof DiskError && error.code === 'full' ? full(disk.location, error) : error;
  }
  try {
    yield* sync(file);
  } finally {
    yield* close(file);
  }
  yield* rename(disk, unfinished, path);
  yield* syncDirectory(disk);
}
