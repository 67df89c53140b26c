import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { textCodec } from '../codec/codec.ts';
import { type Cursor, toIndex, toTerm } from '../vocabulary/cursor.ts';
import { type PeerId, toPeerId } from '../vocabulary/ids.ts';
import type { Entry } from './entry.ts';
import { checksumOf } from './frame.ts';

/** Names one entry and never another: where it is, and the checksum in its frame. */
export interface EntryName extends Cursor {
  readonly checksum: number;
}

/**
 * The payload of a `skip` entry: the command in the entry that it names is not applied, on any replica. It is above that
 * entry in the log, and without effect if the log holds another one there.
 */
export interface Skip {
  readonly entry: EntryName;
  /** The node that was told to. */
  readonly by: PeerId;
  /** What an operator says about it, for people. */
  readonly reason: string;
}

/** The longest reason, in bytes of UTF-8. */
export const MAX_SKIP_REASON_BYTES = 1024;

/** The reason of the `RejectCommand` that a skipped command ends with. Machines leave that word alone. */
export const SKIPPED_REASON = 'COMMAND_SKIPPED';

const LAYOUT = 1;

export function nameOfEntry(entry: Entry): EntryName {
  return { index: entry.index, term: entry.term, checksum: checksumOf(entry) };
}

export function sameEntry(a: EntryName, b: EntryName): boolean {
  return a.index === b.index && a.term === b.term && a.checksum === b.checksum;
}

/** True if that can be the reason: there is one, and it is not too long. */
export function isSkipReason(reason: string): boolean {
  return reason.trim() !== '' && textCodec.encode(reason).length <= MAX_SKIP_REASON_BYTES;
}

export function encodeSkip({ entry, by, reason }: Skip): Uint8Array {
  return new ByteWriter(64)
    .u8(LAYOUT)
    .varint(entry.index)
    .varint(entry.term)
    .u32(entry.checksum)
    .text(by)
    .text(reason)
    .finish();
}

/** @throws DecodeError if the bytes name no entry, or no reason. */
export function decodeSkip(bytes: Uint8Array): Skip {
  const reader = new ByteReader(bytes);
  const layout = reader.u8();
  if (layout !== LAYOUT) throw new DecodeError(`skip layout ${layout}, known is ${LAYOUT}`, 0);
  const entry = { index: toIndex(reader.varint()), term: toTerm(reader.varint()), checksum: reader.u32() };
  const at = reader.offset;
  const by = reader.text();
  const reason = reader.text();
  reader.end();
  if (entry.index === 0) throw new DecodeError('a skip of no entry', 1);
  if (!isSkipReason(reason))
    throw new DecodeError('a skip without a reason, or with one that is too long', at);
  try {
    return { entry, by: toPeerId(by), reason };
  } catch (error) {
    throw new DecodeError(`a skip by nobody: ${(error as Error).message}`, at);
  }
}
