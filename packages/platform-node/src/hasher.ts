import { createHash, createHmac, hash, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Hasher } from '@smalti/core';

/** Hashes by OpenSSL, CRC-32 by zlib. */
export const nodeHasher: Hasher = Object.freeze({
  crc32: (bytes: Uint8Array, seed = 0) => crc32(bytes, seed),
  sha256: (...parts: readonly Uint8Array[]) => {
    const sum = createHash('sha256');
    for (const part of parts) sum.update(part);
    return new Uint8Array(sum.digest());
  },
  sha256Hex: (bytes: Uint8Array) => hash('sha256', bytes, 'hex'),
  hmacSha256: (key: Uint8Array, ...parts: readonly Uint8Array[]) => {
    const hmac = createHmac('sha256', key);
    for (const part of parts) hmac.update(part);
    return new Uint8Array(hmac.digest());
  },
  equal: (a: Uint8Array, b: Uint8Array) => a.length === b.length && timingSafeEqual(a, b),
});
