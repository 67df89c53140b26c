import { type Cursor, type DiskError, type PartName, SmaltiError, showCursor } from '@smalti/core';

/** No room. Code `STORAGE_FULL`: nothing was done, and it can be tried again when there is room. */
export function full(location: string, cause: DiskError): SmaltiError {
  const message = `no space is left at ${location}: nothing was stored, and storing goes on when there is room`;
  return new SmaltiError('STORAGE_FULL', message, { retryable: true, cause, details: { location } });
}

/** The disk failed. Code `STORAGE_FAILED`: final. */
export function failed(location: string, cause: DiskError): SmaltiError {
  const message =
    `${location}: ${cause.path}: ${cause.message}. What is on the disk is not known any more, so the checkpoints ` +
    'cannot be used. Check the device, then start the node again';
  return new SmaltiError('STORAGE_FAILED', message, { cause, details: { location, file: cause.path } });
}

/** The directory cannot be used with these rights. Code `STORAGE_ACCESS`. */
export function inaccessible(location: string, cause: DiskError): SmaltiError {
  const message = `${location}: ${cause.path}: ${cause.message}. Check that the directory exists and may be read and written`;
  return new SmaltiError('STORAGE_ACCESS', message, { cause, details: { location, file: cause.path } });
}

/** The store was closed. Code `STORAGE_CLOSED`. */
export function closed(location: string): SmaltiError {
  return new SmaltiError('STORAGE_CLOSED', `the checkpoints at ${location} are closed`);
}

/** A name that is not the hash of its bytes. Code `STORAGE_CORRUPT`: nothing was stored. */
export function misnamed(name: PartName, actual: PartName): SmaltiError {
  const message = `a part was put as ${name}, and its bytes are those of ${actual}: nothing was stored`;
  return new SmaltiError('STORAGE_CORRUPT', message, { details: { name, actual } });
}

/** A checkpoint that is not whole. Code `STORAGE_RANGE`: nothing has changed. */
export function notWhole(anchor: Cursor, part: PartName, why: string): SmaltiError {
  const message = `the checkpoint at ${showCursor(anchor)} is not whole: part ${part} ${why}. Put it, then commit again`;
  return new SmaltiError('STORAGE_RANGE', message, { retryable: true, details: { anchor, part } });
}

/** What a disk error means to whoever opens the store. */
export function whileOpening(location: string, error: DiskError): SmaltiError {
  if (error.code === 'full') return full(location, error);
  return error.code === 'denied' || error.code === 'missing'
    ? inaccessible(location, error)
    : failed(location, error);
}
