/** The door to hashes, all synchronous and deterministic. */
export interface Hasher {
  /** CRC-32 (IEEE 802.3, as in zlib) of the bytes, continued from `seed`; an unsigned 32-bit number. */
  crc32(bytes: Uint8Array, seed?: number): number;
  /** SHA-256 of the parts, one after the other: 32 bytes. */
  sha256(...parts: readonly Uint8Array[]): Uint8Array;
  /** HMAC-SHA-256 of the parts, one after the other: 32 bytes. */
  hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** Compares in a time that depends on the lengths alone. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
}
