/** Why a disk operation failed. */
export type DiskErrorCode =
  /** No space left, or over quota. Recoverable. */
  | 'full'
  /** The file or directory is not there. */
  | 'missing'
  /** It is there already, and the call wanted to create it. */
  | 'exists'
  /** Not allowed: permissions, read-only file system, not a directory. */
  | 'denied'
  /** Another process, or another open of this one, holds the lock. */
  | 'locked'
  /** The device failed. Final: what is on the disk is not known any more. */
  | 'io'
  /** The handle was closed. */
  | 'closed';

/** A failed disk operation: what, where, and why. */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: DiskErrorCode;
  readonly path: string;

  constructor(code: DiskErrorCode, path: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.path = path;
  }
}

/** Called exactly once, never within the call that it was given to. `error` is null on success. */
export type DiskCallback<T = void> = (error: DiskError | null, value: T) => void;

/**
 * A file that is open. Operations are submitted and complete in any order, except that `sync` covers every write,
 * truncate and allocate that had *completed* before it was submitted. After a failed `sync` the content of what was
 * written since the last good one is not known: callers must not retry it.
 */
export interface DiskFile {
  readonly path: string;
  /** Writes all the bytes at the offset, or fails; a short write is a failure. The caller leaves the bytes alone until then. */
  writeAt(offset: number, bytes: Uint8Array, done: DiskCallback): void;
  /** Reads `length` bytes; fewer only at the end of the file. */
  readAt(offset: number, length: number, done: DiskCallback<Uint8Array>): void;
  /** Makes what was written durable (fdatasync: the data, and the length if it changed). */
  sync(done: DiskCallback): void;
  /**
   * `writeAt`, then `sync`, as one submission: what a log does for each batch. A disk may do both without a
   * detour through a thread pool.
   */
  writeAndSync(offset: number, bytes: Uint8Array, done: DiskCallback): void;
  /**
   * Makes the file `length` bytes long with real, zero-filled blocks, so that later writes within do not lack space.
   * What is there stays; a file that is longer stays as long as it is.
   */
  allocate(length: number, done: DiskCallback): void;
  /** Cuts the file, or grows it sparsely. */
  truncate(length: number, done: DiskCallback): void;
  size(done: DiskCallback<number>): void;
  close(done: DiskCallback): void;
}

/** A lock that is held until it is released or the process ends, however it ends. */
export interface DiskLock {
  release(done: DiskCallback): void;
}

/** How a file is opened. */
export type OpenMode =
  /** It must exist. */
  | 'existing'
  /** It must not exist. The new name is durable only after `syncDirectory` of its folder. */
  | 'create';

/**
 * The door to a disk. Paths use `/` and are relative to the folder the disk was opened on; `''` is that folder.
 * Names that were created, renamed or unlinked are durable after `syncDirectory` of their folder, and not before.
 */
export interface Disk {
  /** For messages: where this disk is, e.g. an absolute path. */
  readonly location: string;
  open(path: string, mode: OpenMode, done: DiskCallback<DiskFile>): void;
  makeDirectory(path: string, done: DiskCallback): void;
  /** Names in a folder, sorted by code unit, without `.` and `..`. */
  list(path: string, done: DiskCallback<readonly string[]>): void;
  rename(from: string, to: string, done: DiskCallback): void;
  unlink(path: string, done: DiskCallback): void;
  syncDirectory(path: string, done: DiskCallback): void;
  /** Takes the exclusive lock of that name. Fails with `locked`, naming who holds it where that can be known. */
  lock(path: string, done: DiskCallback<DiskLock>): void;
}
