import { type FileHandle, open } from 'node:fs/promises';
import type { ByteSource } from '@smalti/backup';
import { SmaltiError } from '@smalti/core';

/** A file as an archive is read from. */
export class FileSource implements ByteSource {
  readonly name: string;
  readonly length: number;
  readonly #handle: FileHandle;

  private constructor(name: string, length: number, handle: FileHandle) {
    this.name = name;
    this.length = length;
    this.#handle = handle;
  }

  /** @throws SmaltiError `STORAGE_ACCESS`. */
  static async open(file: string): Promise<FileSource> {
    try {
      const handle = await open(file, 'r');
      const found = await handle.stat();
      if (found.isFile()) return new FileSource(file, found.size, handle);
      await handle.close();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new SmaltiError('STORAGE_ACCESS', `${file}: cannot be read (${code}); name a backup`, {
        cause: error,
      });
    }
    throw new SmaltiError('STORAGE_ACCESS', `${file}: is not a file; name a backup`);
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, this.length - offset)));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await this.#handle.read(bytes, done, bytes.length - done, offset + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
