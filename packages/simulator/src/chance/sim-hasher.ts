import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Hasher } from '@smalti/core';

const CRC_TABLE = crcTable();

/** The hashes in plain JavaScript, with the results of every other right `Hasher`. Stateless. */
export const simHasher: Hasher = Object.freeze({
  crc32(bytes: Uint8Array, seed = 0): number {
    let crc = ~seed;
    for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
    return ~crc >>> 0;
  },

  sha256(...parts: readonly Uint8Array[]): Uint8Array {
    const hash = sha256.create();
    for (const part of parts) hash.update(part);
    return hash.digest();
  },

  hmacSha256(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
    const hash = hmac.create(sha256, key);
    for (const part of parts) hash.update(part);
    return hash.digest();
  },

  equal(a: Uint8Array, b: Uint8Array): boolean {
    if (a.length !== b.length) return false;
    let differs = 0;
    for (let i = 0; i < a.length; i++) differs |= (a[i] as number) ^ (b[i] as number);
    return differs === 0;
  },
});

function crcTable(): Int32Array {
  const table = new Int32Array(256);
  for (let i = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[i] = crc;
  }
  return table;
}
