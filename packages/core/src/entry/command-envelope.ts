import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';

/**
 * The payload of a command entry: whose it is, and which part of an atomic run. The node that sent a command knows
 * it again by (origin, request), whatever index it landed on; nobody else's command can be mistaken for it.
 *
 * A run of `of` > 1 commands takes as many consecutive entries of one term. It takes effect when its last part is
 * applied; a run that another entry interrupts (its leader fell before the rest was replicated) has no effect, on
 * any replica.
 */
export interface CommandEnvelope {
  /** A random number of the sending process: 16 hex digits. */
  readonly origin: string;
  /** Counts the sender's requests, from 1. */
  readonly request: number;
  /** Which part of the run this is, from 0. */
  readonly part: number;
  /** How many parts the run has: 1 for a command by itself. */
  readonly of: number;
  readonly command: Uint8Array;
}

/** Bytes of an envelope around its command, at most. */
export const MAX_ENVELOPE_BYTES = 8 + 8 + 8 + 8;

/** The most parts an atomic run may have. */
export const MAX_RUN_PARTS = 65_536;

/** Writes the envelope; `originBytes` are the 8 bytes of the origin. */
export function encodeEnvelope(
  originBytes: Uint8Array,
  request: number,
  part: number,
  of: number,
  command: Uint8Array,
): Uint8Array {
  const writer = new ByteWriter(MAX_ENVELOPE_BYTES + command.length);
  return writer.raw(originBytes).varint(request).varint(part).varint(of).raw(command).finish();
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Reads an envelope. @throws DecodeError if the bytes are not one. */
export function decodeEnvelope(bytes: Uint8Array): CommandEnvelope {
  const reader = new ByteReader(bytes);
  let origin = '';
  for (const byte of reader.raw(8)) origin += HEX[byte];
  const request = reader.varint();
  const part = reader.varint();
  const of = reader.varint();
  if (of < 1 || of > MAX_RUN_PARTS || part >= of) {
    throw new DecodeError(`part ${part} of a run of ${of}`, reader.offset);
  }
  return { origin, request, part, of, command: reader.raw(reader.remaining) };
}
