import type { CheckpointFormat } from './format.ts';

const WHOLE = 0x1_0000_0000;

/**
 * A number from 0 to 2^32 - 1 that a key draws at a level, of the key's CRC-32. It depends on the key alone: a value
 * that changes moves no border. Each level draws anew, or a border of one would be a border of all above it.
 *
 * CRC-32 is the cheapest hash that every machine has. It is linear, so that numbered keys would come out in a pattern;
 * the rest (the end of MurmurHash3) breaks it.
 */
export function drawOf(keyCrc: number, level: number): number {
  let hash = keyCrc ^ Math.imul(level, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * True if a node ends after the entry that was added last: the entry makes up `entryBytes` of its `nodeBytes`, and
 * drew that number. Chances go by bytes, so that borders are as far apart where entries are long as where they are
 * short. Beyond the target they are twice as high: sizes differ less then, and few nodes grow to the bound, where the
 * border would depend on where the node began. More than twice would let borders take longer to fall together again
 * behind an item that came or went.
 */
export function endsAfter(
  draw: number,
  entryBytes: number,
  nodeBytes: number,
  { minBytes, targetBytes }: CheckpointFormat,
): boolean {
  if (nodeBytes < minBytes) return false;
  const chance = entryBytes * (nodeBytes < targetBytes ? 1 : 2);
  return draw * (targetBytes - minBytes) < chance * WHOLE;
}
