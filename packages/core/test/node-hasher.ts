import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Hasher } from '../src/index.ts';

/** Node's own hashes, for tests. */
export const nodeHasher: Hasher = {
  crc32: (bytes, seed = 0) => crc32(bytes, seed),
  sha256: (...parts) => {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return new Uint8Array(hash.digest());
  },
  hmacSha256: (key, ...parts) => {
    const hmac = createHmac('sha256', key);
    for (const part of parts) hmac.update(part);
    return new Uint8Array(hmac.digest());
  },
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
};
