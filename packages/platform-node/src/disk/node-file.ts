import * as fs from 'node:fs';
import { type DiskCallback, DiskError, type DiskFile } from '@smalti/core';
import { toDiskError } from './disk-errors.ts';

/** How `writeAndSync` waits for the device: see `NodeDiskOptions.sync`. */
export type SyncMode = 'pool' | 'inline';

const ZEROS = new Uint8Array(1024 * 1024);

/** A file by its descriptor. Calls go to the thread pool of libuv, except those that are inline. */
export class NodeFile implements DiskFile {
  readonly path: string;
  readonly #descriptor: number;
  readonly #mode: SyncMode;
  #underWay = 0;
  #closing: (() => void) | null = null;
  #closed = false;
  #syncFailed: DiskError | null = null;

  constructor(path: string, descriptor: number, mode: SyncMode) {
    this.path = path;
    this.#descriptor = descriptor;
    this.#mode = mode;
  }

  writeAt(offset: number, bytes: Uint8Array, done: DiskCallback): void {
    const finished = this.#begin(done);
    if (finished !== null) this.#write(offset, bytes, finished);
  }

  readAt(offset: number, length: number, done: DiskCallback<Uint8Array>): void {
    const finished = this.#begin(done);
    if (finished === null) return;
    const bytes = new Uint8Array(length);
    const read = (at: number): void => {
      fs.read(this.#descriptor, bytes, at, length - at, offset + at, (error, count) => {
        if (error !== null) finished(toDiskError(error, this.path), bytes);
        else if (count === 0 || at + count === length) finished(null, bytes.subarray(0, at + count));
        else read(at + count);
      });
    };
    read(0);
  }

  sync(done: DiskCallback): void {
    const finished = this.#begin(done);
    if (finished !== null) this.#sync(finished);
  }

  writeAndSync(offset: number, bytes: Uint8Array, done: DiskCallback): void {
    const finished = this.#begin(done);
    if (finished === null) return;
    if (this.#mode === 'inline') {
      const error = this.#writeAndSyncInline(offset, bytes);
      setImmediate(() => finished(error));
      return;
    }
    this.#write(offset, bytes, (error) => {
      if (error !== null) finished(error);
      else this.#sync(finished);
    });
  }

  allocate(length: number, done: DiskCallback): void {
    const finished = this.#begin(done);
    if (finished === null) return;
    fs.fstat(this.#descriptor, (error, stats) => {
      if (error !== null) finished(toDiskError(error, this.path));
      else this.#fill(stats.size, stats.size, length, finished);
    });
  }

  truncate(length: number, done: DiskCallback): void {
    const finished = this.#begin(done);
    if (finished !== null) fs.ftruncate(this.#descriptor, length, (error) => finished(this.#mapped(error)));
  }

  size(done: DiskCallback<number>): void {
    const finished = this.#begin(done);
    if (finished === null) return;
    fs.fstat(this.#descriptor, (error, stats) => finished(this.#mapped(error), stats?.size ?? 0));
  }

  /** What is under way completes first: a descriptor that is closed too early could be that of another file. */
  close(done: DiskCallback): void {
    if (this.#closed) {
      setImmediate(() => done(this.#closedError()));
      return;
    }
    this.#closed = true;
    const close = (): void => fs.close(this.#descriptor, (error) => done(this.#mapped(error)));
    if (this.#underWay === 0) close();
    else this.#closing = close;
  }

  /** Counts an operation; null, and the caller is told, if the file is closed. */
  #begin<T>(done: DiskCallback<T>): DiskCallback<T> | null {
    if (this.#closed) {
      setImmediate(() => done(this.#closedError(), undefined as T));
      return null;
    }
    this.#underWay += 1;
    return (error, value) => {
      this.#underWay -= 1;
      if (this.#underWay === 0) this.#closing?.();
      done(error, value);
    };
  }

  #write(offset: number, bytes: Uint8Array, done: (error: DiskError | null) => void): void {
    const write = (at: number): void => {
      fs.write(this.#descriptor, bytes, at, bytes.length - at, offset + at, (error, count) => {
        if (error !== null) done(toDiskError(error, this.path));
        else if (at + count === bytes.length) done(null);
        else if (count === 0)
          done(new DiskError('io', this.path, `nothing of ${this.path} could be written`));
        else write(at + count);
      });
    };
    write(0);
  }

  /** A sync that failed is never tried again: the system may have dropped what was not written. */
  #sync(done: (error: DiskError | null) => void): void {
    if (this.#syncFailed !== null) {
      const error = this.#syncFailed;
      setImmediate(() => done(error));
      return;
    }
    fs.fdatasync(this.#descriptor, (error) => {
      if (error !== null) this.#syncFailed = toDiskError(error, this.path);
      done(this.#syncFailed);
    });
  }

  #writeAndSyncInline(offset: number, bytes: Uint8Array): DiskError | null {
    if (this.#syncFailed !== null) return this.#syncFailed;
    let syncing = false;
    try {
      for (let at = 0; at < bytes.length; ) {
        const count = fs.writeSync(this.#descriptor, bytes, at, bytes.length - at, offset + at);
        if (count === 0) return new DiskError('io', this.path, `nothing of ${this.path} could be written`);
        at += count;
      }
      syncing = true;
      fs.fdatasyncSync(this.#descriptor);
      return null;
    } catch (error) {
      const failure = toDiskError(error as Error, this.path);
      if (syncing) this.#syncFailed = failure;
      return failure;
    }
  }

  /** Writes zeros from `at` on. Node.js has no fallocate; what is written has its blocks as well. */
  #fill(before: number, at: number, length: number, done: (error: DiskError | null) => void): void {
    if (at >= length) {
      done(null);
      return;
    }
    const piece = ZEROS.subarray(0, Math.min(ZEROS.length, length - at));
    this.#write(at, piece, (error) => {
      if (error === null) this.#fill(before, at + piece.length, length, done);
      // Gives back what it took in vain; the first error is the one to tell.
      else fs.ftruncate(this.#descriptor, before, () => done(error));
    });
  }

  #mapped(error: Error | null): DiskError | null {
    return error === null ? null : toDiskError(error, this.path);
  }

  #closedError(): DiskError {
    return new DiskError('closed', this.path, `${this.path} is closed`);
  }
}
