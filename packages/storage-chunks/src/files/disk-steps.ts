import { type Disk, DiskError, type DiskFile, type DiskLock, type OpenMode } from '@smalti/core';
import { full } from '../errors.ts';
import { call, type Steps } from '../steps.ts';

/** The calls of the Disk port as steps. All throw DiskError. */
export function open(disk: Disk, path: string, mode: OpenMode): Steps<DiskFile> {
  return call((done) => disk.open(path, mode, done));
}

export function list(disk: Disk): Steps<readonly string[]> {
  return call((done) => disk.list('', done));
}

export function lock(disk: Disk, path: string): Steps<DiskLock> {
  return call((done) => disk.lock(path, done));
}

export function rename(disk: Disk, from: string, to: string): Steps<void> {
  return call((done) => disk.rename(from, to, done));
}

export function unlink(disk: Disk, path: string): Steps<void> {
  return call((done) => disk.unlink(path, done));
}

export function syncDirectory(disk: Disk): Steps<void> {
  return call((done) => disk.syncDirectory('', done));
}

export function read(file: DiskFile, offset: number, length: number): Steps<Uint8Array> {
  return call((done) => file.readAt(offset, length, done));
}

export function write(file: DiskFile, offset: number, bytes: Uint8Array): Steps<void> {
  return call((done) => file.writeAt(offset, bytes, done));
}

export function sync(file: DiskFile): Steps<void> {
  return call((done) => file.sync(done));
}

export function allocate(file: DiskFile, length: number): Steps<void> {
  return call((done) => file.allocate(length, done));
}

export function truncate(file: DiskFile, length: number): Steps<void> {
  return call((done) => file.truncate(length, done));
}

export function size(file: DiskFile): Steps<number> {
  return call((done) => file.size(done));
}

/** Closes a file. What is on the disk does not depend on it, so it does not fail. */
export function close(file: DiskFile): Steps<void> {
  return call((done) => file.close(() => done(null, undefined)));
}

/** All bytes of a small file. */
export function* readSmallFile(disk: Disk, path: string): Steps<Uint8Array> {
  const file = yield* open(disk, path, 'existing');
  try {
    const length = yield* size(file);
    return length === 0 ? new Uint8Array(0) : yield* read(file, 0, length);
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
