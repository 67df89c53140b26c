import { type DiskError, SmaltiError } from '@smalti/core';

const REPAIR =
  'The log cannot be trusted from there on. Restore the directory from a backup of this very node, or remove it: ' +
  'the node then joins again as a new incarnation, and gets the log from the others.';

/** Damage in a file of the store. Code `STORAGE_CORRUPT`: final. `offset` is in bytes. */
export function corrupt(
  location: string,
  file: string,
  offset: number,
  what: string,
  cause?: unknown,
): SmaltiError {
  const facts = { details: { location, file, offset }, ...(cause === undefined ? {} : { cause }) };
  return new SmaltiError('STORAGE_CORRUPT', `${location}/${file}, byte ${offset}: ${what}. ${REPAIR}`, facts);
}

/** No room. Code `STORAGE_FULL`: the write was not done, and can be tried again when there is room. */
export function full(location: string, cause: DiskError | null): SmaltiError {
  const message = `no space is left at ${location}: the write was refused, and writes go on when there is room`;
  const facts = { retryable: true, details: { location }, ...(cause === null ? {} : { cause }) };
  return new SmaltiError('STORAGE_FULL', message, { ...facts, outcome: 'not-applied' });
}

/** The disk failed. Code `STORAGE_FAILED`: final. */
export function failed(location: string, cause: DiskError): SmaltiError {
  const message =
    `${location}: ${cause.path}: ${cause.message}. What is on the disk is not known any more, so this node has to ` +
    'stop. Check the device, then start the node again';
  return new SmaltiError('STORAGE_FAILED', message, {
    cause,
    outcome: 'unknown',
    details: { location, file: cause.path },
  });
}

/** The directory cannot be used with these rights. Code `STORAGE_ACCESS`. */
export function inaccessible(location: string, cause: DiskError): SmaltiError {
  const message = `${location}: ${cause.path}: ${cause.message}. Check that the directory exists and may be read and written`;
  return new SmaltiError('STORAGE_ACCESS', message, { cause, details: { location, file: cause.path } });
}

/** The store or the log was closed. Code `STORAGE_CLOSED`. */
export function closed(location: string): SmaltiError {
  return new SmaltiError('STORAGE_CLOSED', `the log at ${location} is closed`, { outcome: 'not-applied' });
}

/** Nothing is known there. Code `STORAGE_RANGE`: nothing was changed. */
export function outOfRange(index: number, last: number): SmaltiError {
  const message = `the log cannot be pruned up to ${index}: its last entry is ${last}`;
  return new SmaltiError('STORAGE_RANGE', message, { details: { index, last } });
}

/** What a disk error means to whoever opens the store. */
export function whileOpening(location: string, error: DiskError): SmaltiError {
  if (error.code === 'full') return full(location, error);
  return error.code === 'denied' || error.code === 'missing'
    ? inaccessible(location, error)
    : failed(location, error);
}
