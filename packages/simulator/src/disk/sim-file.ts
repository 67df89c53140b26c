import { type DiskCallback, DiskError, type DiskFile, invariant } from '@smalti/core';
import type { SectorFile } from './sector-file.ts';
import type { DiskUser, SimDisk, Submission } from './sim-disk.ts';

/** A handle of one process. */
export class SimFile implements DiskFile {
  readonly path: string;
  readonly #disk: SimDisk;
  readonly #user: DiskUser;
  readonly #content: SectorFile;
  #closed = false;

  constructor(disk: SimDisk, user: DiskUser, path: string, content: SectorFile) {
    this.#disk = disk;
    this.#user = user;
    this.path = path;
    this.#content = content;
  }

  writeAt(offset: number, bytes: Uint8Array, done: DiskCallback): void {
    checkRange(offset, bytes.length);
    const content = this.#content;
    const effect = (): void => {
      this.#disk.reserve(this.path, content.lacking(offset, bytes.length));
      content.write(this.#disk.placeOf(offset), bytes);
    };
    const failed = (): void => content.write(offset, bytes, this.#disk.keepsSector);
    const submission = {
      kind: 'write',
      offset,
      length: bytes.length,
      changes: true,
      effect,
      failed,
    } as const;
    this.#submit(submission, done);
  }

  readAt(offset: number, length: number, done: DiskCallback<Uint8Array>): void {
    checkRange(offset, length);
    this.#submit({ kind: 'read', offset, length, effect: () => this.#content.read(offset, length) }, done);
  }

  sync(done: DiskCallback): void {
    const content = this.#content;
    const upTo = content.lastChange;
    const effect = (): void => {
      if (!this.#disk.ignoreSync) content.commit(upTo);
    };
    this.#submit({ kind: 'sync', effect, failed: () => content.forsake(upTo) }, done);
  }

  writeAndSync(offset: number, bytes: Uint8Array, done: DiskCallback): void {
    this.writeAt(offset, bytes, (error) => {
      if (error !== null) done(error);
      else this.sync(done);
    });
  }

  allocate(length: number, done: DiskCallback): void {
    checkRange(0, length);
    const content = this.#content;
    const effect = (): void => {
      this.#disk.reserve(this.path, content.lacking(0, length));
      content.allocate(length);
    };
    this.#submit({ kind: 'allocate', length, changes: true, effect }, done);
  }

  truncate(length: number, done: DiskCallback): void {
    checkRange(0, length);
    this.#submit(
      { kind: 'truncate', length, changes: true, effect: () => this.#content.truncate(length) },
      done,
    );
  }

  size(done: DiskCallback<number>): void {
    this.#submit({ kind: 'size', effect: () => this.#content.length }, done);
  }

  close(done: DiskCallback): void {
    const effect = (): void => {
      this.#disk.closed(this.#content, this.#user);
    };
    this.#submit({ kind: 'close', effect }, done);
    this.#closed = true;
  }

  #submit<T>(submission: Omit<Submission<T>, 'path'>, done: DiskCallback<T>): void {
    if (this.#closed) {
      const error = new DiskError('closed', this.path, `${submission.kind} after ${this.path} was closed`);
      this.#user.post(0, 'closed', () => done(error, undefined as T));
      return;
    }
    this.#disk.submit(this.#user, { path: this.path, ...submission }, done);
  }
}

function checkRange(offset: number, length: number): void {
  invariant(Number.isSafeInteger(offset) && offset >= 0, `an offset of ${offset}`);
  invariant(Number.isSafeInteger(length) && length >= 0, `a length of ${length}`);
}
