import {
  type Disk,
  type DiskCallback,
  DiskError,
  type DiskFile,
  type DiskLock,
  type OpenMode,
} from '@smalti/core';
import { Folder } from './namespace.ts';
import { SectorFile } from './sector-file.ts';
import type { DiskUser, SimDisk } from './sim-disk.ts';
import { SimFile } from './sim-file.ts';

/** The port of one process to a {@link SimDisk}. */
export class ProcessDisk implements Disk {
  readonly #disk: SimDisk;
  readonly #user: DiskUser;

  constructor(disk: SimDisk, user: DiskUser) {
    this.#disk = disk;
    this.#user = user;
  }

  get location(): string {
    return this.#disk.location;
  }

  open(path: string, mode: OpenMode, done: DiskCallback<DiskFile>): void {
    const effect = (): DiskFile => {
      const { names } = this.#disk;
      const content = mode === 'create' ? names.create(path, new SectorFile()) : names.file(path);
      if (this.#user.alive) this.#disk.opened(content, this.#user);
      return new SimFile(this.#disk, this.#user, path, content);
    };
    const kind = mode === 'create' ? 'create' : 'open';
    this.#disk.submit(this.#user, { kind, path, changes: mode === 'create', effect }, done);
  }

  makeDirectory(path: string, done: DiskCallback): void {
    const effect = (): void => {
      this.#disk.names.create(path, new Folder());
    };
    this.#disk.submit(this.#user, { kind: 'makeDirectory', path, changes: true, effect }, done);
  }

  list(path: string, done: DiskCallback<readonly string[]>): void {
    const effect = (): readonly string[] => [...this.#disk.names.folder(path).names.keys()].sort();
    this.#disk.submit(this.#user, { kind: 'list', path, effect }, done);
  }

  rename(from: string, to: string, done: DiskCallback): void {
    const effect = (): void => this.#disk.names.rename(from, to);
    this.#disk.submit(this.#user, { kind: 'rename', path: from, changes: true, effect }, done);
  }

  unlink(path: string, done: DiskCallback): void {
    const effect = (): void => this.#disk.names.unlink(path);
    this.#disk.submit(this.#user, { kind: 'unlink', path, changes: true, effect }, done);
  }

  syncDirectory(path: string, done: DiskCallback): void {
    const { names } = this.#disk;
    const upTo = names.lastChange;
    const effect = (): void => {
      const folder = names.folder(path);
      if (!this.#disk.ignoreDirectorySync) names.commit(folder, upTo);
    };
    this.#disk.submit(this.#user, { kind: 'syncDirectory', path, effect }, done);
  }

  lock(path: string, done: DiskCallback<DiskLock>): void {
    const effect = (): DiskLock => {
      const { locks, names } = this.#disk;
      if (locks.has(path)) throw new DiskError('locked', path, `${path} is locked by another process`);
      // As with a file that is locked: its name is there from then on.
      if (!names.folder(folderOf(path)).names.has(nameOf(path))) names.create(path, new SectorFile());
      locks.set(path, this.#user);
      return { release: (released) => this.#release(path, released) };
    };
    this.#disk.submit(this.#user, { kind: 'lock', path, effect }, done);
  }

  #release(path: string, done: DiskCallback): void {
    const effect = (): void => {
      if (this.#disk.locks.get(path) === this.#user) this.#disk.locks.delete(path);
    };
    this.#disk.submit(this.#user, { kind: 'unlock', path, effect }, done);
  }
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
