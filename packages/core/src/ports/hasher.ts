/** The door to hashes, all synchronous and deterministic. */
export interface Hasher {
  /** CRC-32 (IEEE 802.3, as in zlib) of the bytes, continued from `seed`; an unsigned 32-bit number. */
  crc32(bytes: Uint8Array, seed?: number): number;
  /** SHA-256 of the parts, one after the other: 32 bytes. */
  sha256(...parts: readonly Uint8Array[]): Uint8Array;
  /**
   * SHA-256 of the bytes, in lower-case hex. Optional: given where that takes less than the bytes of it written as text,
   * since every part of a checkpoint is named like that, whenever it comes, is stored and is read.
   */
  sha256Hex?(bytes: Uint8Array): string;
  /** HMAC-SHA-256 of the parts, one after the other: 32 bytes. */
  hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** Compares in a time that depends on the lengths alone. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
}
