import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';

/**
 * Everything that determines how a state is cut into parts. It stands in the marker entry, so that every replica cuts
 * in the same way, and in the root, so that whoever has a checkpoint knows how it was made.
 */
export interface CheckpointFormat {
  /** Of the parts' encoding, of the rule for borders and of the hash that names parts (SHA-256), all together. */
  readonly version: number;
  /** Bytes of a leaf or an inner node before a border may come by itself. */
  readonly minBytes: number;
  /** Bytes that they have on average, about. */
  readonly targetBytes: number;
  /**
   * Bytes that no leaf, no inner node and no list of segments ever exceeds. An item that fits no leaf is split into
   * segments, which have up to {@link SEGMENT_BOUNDS} times as many.
   */
  readonly maxBytes: number;
}

/**
 * How much longer than other parts a segment may be. What belongs to one value is mostly changed as a whole, so that
 * shorter ones would save little, and each costs whoever fetches and reads it about the same, whatever its length.
 */
export const SEGMENT_BOUNDS = 4;

/** The newest version that this program writes; it reads no other. */
export const CHECKPOINT_VERSION = 1;

/**
 * Leaves of 2 KiB on average: small enough that a changed item costs little, and large enough that names are 2 % of a
 * checkpoint.
 */
export const DEFAULT_CHECKPOINT_FORMAT: CheckpointFormat = Object.freeze({
  version: CHECKPOINT_VERSION,
  minBytes: 1024,
  targetBytes: 2048,
  maxBytes: 4096,
});

/** Two entries of an inner node and more, so that each level is smaller than the one below. */
const LEAST_MIN = 256;
/** Up to this a segment fits into any message, and the rule for borders computes with safe integers. */
const MOST_MAX = 128 * 1024;

/** @throws RangeError unless 256 <= minBytes < targetBytes < maxBytes <= 131072, whole numbers, and a known version. */
export function checkFormat(format: CheckpointFormat): CheckpointFormat {
  const { version, minBytes, targetBytes, maxBytes } = format;
  if (version !== CHECKPOINT_VERSION) {
    throw new RangeError(
      `format ${version} of checkpoints is not known here; this program knows ${CHECKPOINT_VERSION}`,
    );
  }
  const whole = [minBytes, targetBytes, maxBytes].every(Number.isSafeInteger);
  const ordered = LEAST_MIN <= minBytes && minBytes < targetBytes && targetBytes < maxBytes;
  if (!whole || !ordered || maxBytes > MOST_MAX) {
    throw new RangeError(
      `bytes of parts must be ${LEAST_MIN} <= min < target < max <= ${MOST_MAX}, ` +
        `not ${minBytes}, ${targetBytes}, ${maxBytes}`,
    );
  }
  return format;
}

/** Equal formats give equal bytes. */
export function writeFormat(writer: ByteWriter, format: CheckpointFormat): void {
  const { version, minBytes, targetBytes, maxBytes } = format;
  writer.varint(version).varint(minBytes).varint(targetBytes).varint(maxBytes);
}

/** @throws DecodeError if it is no format that is known here. */
export function readFormat(reader: ByteReader): CheckpointFormat {
  const at = reader.offset;
  const format = {
    version: reader.varint(),
    minBytes: reader.varint(),
    targetBytes: reader.varint(),
    maxBytes: reader.varint(),
  };
  try {
    return checkFormat(format);
  } catch (error) {
    throw new DecodeError((error as Error).message, at);
  }
}

/** A format as it stands in a marker entry. */
export function encodeFormat(format: CheckpointFormat): Uint8Array {
  const writer = new ByteWriter(16);
  writeFormat(writer, checkFormat(format));
  return writer.finish();
}

/** @throws DecodeError if the bytes are no format that is known here. */
export function decodeFormat(bytes: Uint8Array): CheckpointFormat {
  const reader = new ByteReader(bytes);
  const format = readFormat(reader);
  reader.end();
  return format;
}
