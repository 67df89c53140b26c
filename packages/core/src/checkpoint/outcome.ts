import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import type { PartName } from '../storage/snapshot-store.ts';
import { type Index, toIndex } from '../vocabulary/cursor.ts';
import { NAME_BYTES, nameFromBytes, nameToBytes } from './part-name.ts';

/**
 * The payload of an outcome entry: what became of the checkpoint at a marker.
 *
 * `agreed`: a majority of the configuration in force at the marker (in a joint one, of both) reported this root.
 * `disputed`: no root can reach that any more. `abandoned`: it took too long. In all three cases the next marker may be
 * written: one is open at a time.
 */
export type CheckpointOutcome =
  | { readonly verdict: 'agreed'; readonly marker: Index; readonly root: PartName }
  | { readonly verdict: 'disputed' | 'abandoned'; readonly marker: Index };

const LAYOUT = 1;
const VERDICTS = ['agreed', 'disputed', 'abandoned'] as const;

export function encodeOutcome(outcome: CheckpointOutcome): Uint8Array {
  const writer = new ByteWriter(48).u8(LAYOUT).u8(VERDICTS.indexOf(outcome.verdict)).varint(outcome.marker);
  if (outcome.verdict === 'agreed') writer.raw(nameToBytes(outcome.root));
  return writer.finish();
}

/** @throws DecodeError if the bytes are no outcome. */
export function decodeOutcome(bytes: Uint8Array): CheckpointOutcome {
  const reader = new ByteReader(bytes);
  const layout = reader.u8();
  if (layout !== LAYOUT) throw new DecodeError(`outcome layout ${layout}, known is ${LAYOUT}`, 0);
  const at = reader.offset;
  const verdict = VERDICTS[reader.u8()];
  if (verdict === undefined) throw new DecodeError('no outcome of a checkpoint', at);
  const marker = toIndex(reader.varint());
  const outcome: CheckpointOutcome =
    verdict === 'agreed'
      ? { verdict, marker, root: nameFromBytes(reader.raw(NAME_BYTES)) }
      : { verdict, marker };
  reader.end();
  return outcome;
}
