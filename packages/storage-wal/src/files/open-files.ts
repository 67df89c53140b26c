import type { Disk, DiskCallback, DiskFile, DiskLock, OpenMode } from '@smalti/core';
import { call, type Steps } from '@smalti/core/steps';

/** A disk that remembers what is opened, so that a start which is refused, and may be tried again, leaves nothing open. */
export class OpenFiles implements Disk {
  readonly location: string;
  readonly #disk: Disk;
  #files: DiskFile[] | null = [];

  constructor(disk: Disk) {
    this.location = disk.location;
    this.#disk = disk;
  }

  /** The start succeeded: from now on the store knows its files. */
  keep(): void {
    this.#files = null;
  }

  /** Closes all that were opened. Those that are closed already say so, which is no matter. */
  *closeAll(): Steps<void> {
    const files = this.#files ?? [];
    this.#files = null;
    for (const file of files) yield* call<void>((done) => file.close(() => done(null, undefined)));
  }

  open(path: string, mode: OpenMode, done: DiskCallback<DiskFile>): void {
    this.#disk.open(path, mode, (error, file) => {
      if (error === null) this.#files?.push(file);
      done(error, file);
    });
  }

  makeDirectory(path: string, done: DiskCallback): void {
    this.#disk.makeDirectory(path, done);
  }

  list(path: string, done: DiskCallback<readonly string[]>): void {
    this.#disk.list(path, done);
  }

  rename(from: string, to: string, done: DiskCallback): void {
    this.#disk.rename(from, to, done);
  }

  unlink(path: string, done: DiskCallback): void {
    this.#disk.unlink(path, done);
  }

  syncDirectory(path: string, done: DiskCallback): void {
    this.#disk.syncDirectory(path, done);
  }

  lock(path: string, done: DiskCallback<DiskLock>): void {
    this.#disk.lock(path, done);
  }
}
