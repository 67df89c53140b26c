import { DiskError, type DiskErrorCode } from '@smalti/core';

const CODES: Readonly<Record<string, DiskErrorCode>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  ENOENT: 'missing',
  EEXIST: 'exists',
  ENOTEMPTY: 'exists',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  ENOTDIR: 'denied',
  EISDIR: 'denied',
};

/** What an error of the system means. What is not known to be harmless is `io`. */
export function toDiskError(error: Error, path: string): DiskError {
  const { code = '' } = error as NodeJS.ErrnoException;
  return new DiskError(CODES[code] ?? 'io', path, error.message, error);
}
