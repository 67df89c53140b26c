import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import type { Codec } from '../codec/codec.ts';
import { RejectCommand } from '../errors/smalti-error.ts';
import type { Index, Term } from '../vocabulary/cursor.ts';

/** What became of a number of a session: where, and the results, encoded. */
export interface SessionReply {
  /** The index of the last part; a run's entries are contiguous. */
  readonly last: Index;
  readonly term: Term;
  /** See {@link encodeResults}: empty for a number that was filled without effect. */
  readonly bytes: Uint8Array;
}

/** The bytes of a number that was filled without effect. */
export const NO_RESULTS = new Uint8Array(0);

/** One result, which is empty. */
const EMPTY_RESULT = new Uint8Array(1);

const RESULT = 0;
const REJECTION = 1;

/**
 * The results of a command, or of the parts of a run, as bytes of their own: equal on every replica, since the results
 * are and their codec is deterministic.
 *
 * @throws what the codec throws.
 */
export function encodeResults<Result>(
  results: readonly (Result | RejectCommand)[],
  codec: Codec<Result>,
): Uint8Array {
  const [only] = results;
  if (results.length === 1 && !(only instanceof RejectCommand)) {
    // By far the most frequent. The bytes of a codec may be a part of something large, or of what may change.
    const encoded = codec.encode(only as Result);
    if (encoded.length === 0) return EMPTY_RESULT;
    const bytes = new Uint8Array(1 + encoded.length);
    bytes.set(encoded, 1);
    return bytes;
  }
  const writer = new ByteWriter();
  for (const [i, result] of results.entries()) {
    const last = i === results.length - 1;
    const rejected = result instanceof RejectCommand;
    const bytes = rejected ? rejection(result) : codec.encode(result);
    writer.u8((rejected ? REJECTION : RESULT) + (last ? 0 : 2));
    if (last) writer.raw(bytes);
    else writer.bytes(bytes);
  }
  return writer.finish().slice();
}

/** @throws DecodeError, or what the codec throws, if the bytes are not results. */
export function decodeResults<Result>(bytes: Uint8Array, codec: Codec<Result>): (Result | RejectCommand)[] {
  const reader = new ByteReader(bytes);
  const results: (Result | RejectCommand)[] = [];
  while (reader.remaining > 0) {
    const tag = reader.u8();
    if (tag > 3) throw new DecodeError(`a result of type ${tag}`, reader.offset);
    const more = tag >= 2;
    const part = more ? reader.bytes() : reader.raw(reader.remaining);
    results.push((tag & 1) === REJECTION ? readRejection(part) : codec.decode(part));
    if (!more) return results;
  }
  if (bytes.length > 0) throw new DecodeError('results end within themselves', reader.offset);
  return results;
}

function rejection(refusal: RejectCommand): Uint8Array {
  return new ByteWriter().text(refusal.reason).text(refusal.message).finish();
}

function readRejection(bytes: Uint8Array): RejectCommand {
  const reader = new ByteReader(bytes);
  const refusal = new RejectCommand(reader.text(), reader.text());
  reader.end();
  return refusal;
}
