import type { Disk, DiskFile, DiskLock, OpenMode } from '../ports/disk.ts';
import { call, type Steps } from './steps.ts';

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

export function writeAndSync(file: DiskFile, offset: number, bytes: Uint8Array): Steps<void> {
  return call((done) => file.writeAndSync(offset, bytes, done));
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

export function close(file: DiskFile): Steps<void> {
  return call((done) => file.close(done));
}

/** All bytes of a file. */
export function* readAll(file: DiskFile): Steps<Uint8Array> {
  const length = yield* size(file);
  return length === 0 ? new Uint8Array(0) : yield* read(file, 0, length);
}
