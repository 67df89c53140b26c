import { ByteReader, ByteWriter, DecodeError } from '@smalti/core';
import { MAX_FED_BYTES } from './bounds.ts';
import { isStrategyName } from './dialect.ts';

/** The payload of an entry of kind `sync`: whose it is, and its own bytes. */
export interface Fed {
  readonly strategy: string;
  readonly bytes: Uint8Array;
}

/** @throws RangeError if there are more than 64 KiB of bytes; TypeError if there are none. */
export function encodeFed(strategy: string, bytes: Uint8Array): Uint8Array {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(`${strategy}: what is fed must be bytes`);
  if (bytes.length > MAX_FED_BYTES) {
    throw new RangeError(
      `${strategy}: ${bytes.length} bytes were fed, at most ${MAX_FED_BYTES} make an entry`,
    );
  }
  return new ByteWriter(72 + bytes.length).text(strategy).bytes(bytes).finish();
}

/** Reads what {@link encodeFed} wrote. The bytes are a view. @throws DecodeError on anything else. */
export function decodeFed(payload: Uint8Array): Fed {
  const reader = new ByteReader(payload);
  const strategy = reader.text(64);
  if (!isStrategyName(strategy)) throw new DecodeError('not the name of a strategy', 0);
  const bytes = reader.bytes(MAX_FED_BYTES);
  if (reader.remaining > 0) throw new DecodeError('bytes are left over', reader.offset);
  return { strategy, bytes };
}
