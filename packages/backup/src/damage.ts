import { SmaltiError } from '@smalti/core';
import type { ByteSource } from './source.ts';

/** An archive that is not whole, or not what was written. */
export function damagedArchive(
  source: ByteSource,
  offset: number,
  what: string,
  cause?: unknown,
): SmaltiError {
  const message = `${source.name} is damaged at byte ${offset}: ${what}; take another copy of this backup, or another backup`;
  return new SmaltiError('STORAGE_CORRUPT', message, { cause, details: { file: source.name, offset } });
}

export function noArchive(source: ByteSource): SmaltiError {
  const message = `${source.name} is no backup of Smalti`;
  return new SmaltiError('STORAGE_FOREIGN', message, { details: { file: source.name } });
}

export function unknownVersion(source: ByteSource, version: number): SmaltiError {
  const message = `${source.name} is a backup of version ${version}, which is not known here: use the release that made it, or a newer one`;
  return new SmaltiError('STORAGE_VERSION', message, { details: { file: source.name, version } });
}
