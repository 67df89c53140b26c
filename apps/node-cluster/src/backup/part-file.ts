import { type FileHandle, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SmaltiError } from '@smalti/core';
import { UsageError } from '../cli/index.ts';
import { syncFolder } from '../service/index.ts';

/** A file that is there under its name once it is whole and on disk, and under `NAME.part` until then. */
export class PartFile {
  readonly file: string;
  readonly part: string;
  #handle: FileHandle | null = null;

  private constructor(file: string) {
    this.file = file;
    this.part = `${file}.part`;
  }

  /**
   * Begins it.
   *
   * @throws UsageError if there is a file of that name and `force` is not set; SmaltiError `STORAGE_ACCESS`.
   */
  static async begin(file: string, force: boolean): Promise<PartFile> {
    const made = new PartFile(file);
    await made.#checkName(force);
    await made.restart();
    return made;
  }

  /** Forgets what was written. */
  async restart(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
    try {
      this.#handle = await open(this.part, 'w', 0o600);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** @throws SmaltiError `STORAGE_FULL`, `STORAGE_ACCESS`. */
  async write(bytes: Uint8Array): Promise<void> {
    try {
      await this.#handle?.writeFile(bytes);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** All that was written is on disk afterwards, still under its first name. */
  async sync(): Promise<void> {
    try {
      await this.#handle?.sync();
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Gives it its name, durably. Called once, after `sync`. */
  async finish(force: boolean): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
    await this.#checkName(force);
    try {
      await rename(this.part, this.file);
      await syncFolder(dirname(this.file));
    } catch (error) {
      throw this.#failed(error);
    }
  }

  /** Leaves nothing of it, unless it was finished. */
  async discard(): Promise<void> {
    if (this.#handle !== null) await this.#handle.close().catch(() => {});
    this.#handle = null;
    await unlink(this.part).catch(() => {});
  }

  async #checkName(force: boolean): Promise<void> {
    if (force || (await stat(this.file).catch(() => null)) === null) return;
    throw new UsageError('FILE', this.file, 'is there already; name another, or replace it with --force');
  }

  #failed(error: unknown): SmaltiError {
    const { code } = error as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    const advice = isFull ? 'make room, or name another place' : 'name a file that can be written';
    const message = `${this.part}: cannot be written (${code}); ${advice}`;
    return new SmaltiError(isFull ? 'STORAGE_FULL' : 'STORAGE_ACCESS', message, { cause: error });
  }
}
