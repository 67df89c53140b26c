import { type Disk, type DiskCallback, DiskError, type DiskFile } from '@smalti/core';

/** A folder of a disk, as a disk by itself: what happens to the one happens to both. */
export function folderDisk(disk: Disk, folder: string): Disk {
  const within = (path: string): string => (path === '' ? folder : `${folder}/${path}`);
  return {
    location: `${disk.location}${folder}`,
    open: (path, mode, done) =>
      disk.open(within(path), mode, (error, file) => done(error, error === null ? named(file, path) : file)),
    makeDirectory: (path, done) => disk.makeDirectory(within(path), done),
    list: (path, done) => disk.list(within(path), done),
    rename: (from, to, done) => disk.rename(within(from), within(to), done),
    unlink: (path, done) => disk.unlink(within(path), done),
    syncDirectory: (path, done) => disk.syncDirectory(within(path), done),
    lock: (path, done) => disk.lock(within(path), done),
  };
}

/** The file, by the name that it has in its folder. */
function named(file: DiskFile, path: string): DiskFile {
  return {
    path,
    writeAt: (offset, bytes, done) => file.writeAt(offset, bytes, done),
    readAt: (offset, length, done) => file.readAt(offset, length, done),
    sync: (done) => file.sync(done),
    writeAndSync: (offset, bytes, done) => file.writeAndSync(offset, bytes, done),
    allocate: (length, done) => file.allocate(length, done),
    truncate: (length, done) => file.truncate(length, done),
    size: (done) => file.size(done),
    close: (done) => file.close(done),
  };
}

/** Makes a folder, durably, if it is not there. */
export function makeFolder(disk: Disk, folder: string, done: DiskCallback): void {
  disk.makeDirectory(folder, (error) => {
    if (error instanceof DiskError && error.code !== 'exists') done(error);
    else disk.syncDirectory('', done);
  });
}
