import { createHash, createHmac, hash as hashAtOnce, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Hasher } from '@smalti/core';

/** Hashes by OpenSSL, CRC-32 by zlib. */
export const nodeHasher: Hasher = Object.freeze({
  crc32: (bytes: Uint8Array, seed = 0) => crc32(bytes, seed),
  sha256: (...parts: readonly Uint8Array[]) => {
    const [only] = parts;
    // Parts of checkpoints are hashed one by one, and making what could take more costs as much as hashing one.
    if (parts.length === 1 && only !== undefined) return new Uint8Array(hashAtOnce('sha256', only, 'buffer'));
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return new Uint8Array(hash.digest());
  },
  sha256Hex: (bytes: Uint8Array) => hashAtOnce('sha256', bytes, 'hex'),
  hmacSha256: (key: Uint8Array, ...parts: readonly Uint8Array[]) => {
    const hmac = createHmac('sha256', key);
    for (const part of parts) hmac.update(part);
    return new Uint8Array(hmac.digest());
  },
  equal: (a: Uint8Array, b: Uint8Array) => a.length === b.length && timingSafeEqual(a, b),
});
