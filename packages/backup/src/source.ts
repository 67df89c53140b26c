import type { Hasher, PartName, SnapshotStore } from '@smalti/core';
import type { PartSource } from './write-archive.ts';

/** An archive, wherever it is: a file, or bytes in memory. */
export interface ByteSource {
  /** For messages, e.g. the path of the file. */
  readonly name: string;
  /** Bytes of all of it. */
  readonly length: number;
  /** Reads `length` bytes; fewer only at the end. The bytes are the caller's. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** The parts of a store. */
export function partsOf(store: SnapshotStore): PartSource {
  const get = (name: PartName): Promise<Uint8Array | null> =>
    new Promise((resolve, reject) => {
      store.get(name, (error, bytes) => (error === null ? resolve(bytes) : reject(error)));
    });
  return { get: (names) => Promise.all(names.map(get)) };
}

/** What reading and verifying need besides the archive. */
export interface ReadOptions {
  readonly hasher: Hasher;
  /** Called now and then, with the bytes that were looked at and those that there are to look at. */
  readonly progress?: (done: number, all: number) => void;
}
