import { fromHex, toHex } from '../codec/hex.ts';
import type { Hasher } from '../ports/hasher.ts';
import type { PartName } from '../storage/snapshot-store.ts';

/** Bytes of a part's name where it stands in another part. */
export const NAME_BYTES = 32;

/** @throws RangeError if the text is not 64 lower-case hex digits. */
export function toPartName(text: string): PartName {
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new RangeError(
      `the name of a part must be 64 hex digits, and ${JSON.stringify(text.slice(0, 80))} is not`,
    );
  }
  return text as PartName;
}

/** The name of a part: SHA-256 of its bytes, as they are before anything compresses them. */
export function nameOfPart(bytes: Uint8Array, hasher: Hasher): PartName {
  return (hasher.sha256Hex?.(bytes) ?? toHex(hasher.sha256(bytes))) as PartName;
}

/** Names of bytes that were hashed in this process, for as long as those are in memory. */
const known = new WeakMap<Uint8Array, PartName>();

/**
 * True if that is the name of these bytes, which are left alone from now on: they are hashed when it is asked first, and
 * not again by whoever gets the same ones next. A part that has come from a peer is verified for the session, for the
 * store that it is put into, and one that was read for whoever reads; what is read from a disk is always another array.
 */
export function isNameOf(name: PartName, bytes: Uint8Array, hasher: Hasher): boolean {
  if (known.get(bytes) === name) return true;
  if (nameOfPart(bytes, hasher) !== name) return false;
  known.set(bytes, name);
  return true;
}

/** The name of a part that was made here, which is left alone from now on: {@link isNameOf} knows it. */
export function nameNewPart(bytes: Uint8Array, hasher: Hasher): PartName {
  const name = nameOfPart(bytes, hasher);
  known.set(bytes, name);
  return name;
}

/** A name as it stands in a part. */
export function nameToBytes(name: PartName): Uint8Array {
  return fromHex(name);
}

/** The 32 bytes of a name, as read from a part. */
export function nameFromBytes(bytes: Uint8Array): PartName {
  return toHex(bytes) as PartName;
}
