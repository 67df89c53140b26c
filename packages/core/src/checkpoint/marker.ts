import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { type CheckpointFormat, checkFormat, readFormat, writeFormat } from './format.ts';

/**
 * The payload of a marker entry: "checkpoint here", with all that determines what comes out and does not follow from the
 * log before it, as the version of the machine does. A node that cannot write this reports no root, instead of another
 * one.
 */
export interface Marker {
  readonly format: CheckpointFormat;
}

const LAYOUT = 1;

export function encodeMarker({ format }: Marker): Uint8Array {
  const writer = new ByteWriter(24).u8(LAYOUT);
  writeFormat(writer, checkFormat(format));
  return writer.finish();
}

/** @throws DecodeError if the bytes are no marker, or of a format that is not known here. */
export function decodeMarker(bytes: Uint8Array): Marker {
  const reader = new ByteReader(bytes);
  const layout = reader.u8();
  if (layout !== LAYOUT) throw new DecodeError(`marker layout ${layout}, known is ${LAYOUT}`, 0);
  const marker = { format: readFormat(reader) };
  reader.end();
  return marker;
}
