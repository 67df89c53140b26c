import { ByteWriter } from '../codec/byte-writer.ts';
import { toHex } from '../codec/hex.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { GroupId, NetworkId } from '../vocabulary/ids.ts';

/** What a group is. Nothing else is part of it: not the storage, not a timeout, not a batch size. */
export interface GroupIngredients {
  readonly network: NetworkId;
  /** The group key at birth. It cannot be found from the id. */
  readonly key: Uint8Array;
  /** `StateMachine.signature`. */
  readonly machine: string;
  /** `StateSync.signature` of each strategy; their order means nothing. */
  readonly strategies?: readonly string[];
  /** Signatures of what decides who may join; their order means nothing. */
  readonly validators?: readonly string[];
}

/** Derives the id of a group. Equal ingredients give equal ids, and any other ingredient gives another. */
export function deriveGroupId(hasher: Hasher, ingredients: GroupIngredients): GroupId {
  const writer = new ByteWriter(256);
  writer.text('smalti group 1').text(ingredients.network).text(ingredients.machine);
  for (const list of [ingredients.strategies ?? [], ingredients.validators ?? []]) {
    writer.varint(list.length);
    for (const signature of [...list].sort()) writer.text(signature);
  }
  return toHex(hasher.hmacSha256(ingredients.key, writer.finish())) as GroupId;
}
