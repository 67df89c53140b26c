import { ByteWriter, fromHex, type Hasher, type StoreIdentity } from '@smalti/core';

const NAME = /^wal-(\d{10})\.log$/;

/** The file name of a segment. Numbers begin at 1 and are never used twice. */
export function segmentName(number: number): string {
  return `wal-${String(number).padStart(10, '0')}.log`;
}

/** The number of a segment, or null if the name is not one of a segment. */
export function segmentNumber(name: string): number | null {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined || Number(digits) === 0 ? null : Number(digits);
}

/**
 * What the checksums of a segment's sectors begin with: a sector of another store or of another segment, wherever it
 * came from, is never taken for one of this.
 */
export function segmentSalt(identity: StoreIdentity, number: number, hasher: Hasher): number {
  const writer = new ByteWriter();
  return hasher.crc32(writer.raw(fromHex(identity.incarnation)).text(identity.node).u64(number).finish());
}
