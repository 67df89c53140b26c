import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Clock, Hasher, Random, Scheduler } from '@smalti/core';

/** Real time, for tests of what is real. */
export const clock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  setTimer(delayMs, fire) {
    const timer = setTimeout(fire, delayMs);
    return { cancel: () => clearTimeout(timer) };
  },
};

export const scheduler: Scheduler = {
  endOfTurn: (work) => process.nextTick(work),
  nextTurn: (work) => void setImmediate(work),
};

export const random: Random = {
  next: () => Math.random(),
  bytes: (length) => new Uint8Array(randomBytes(length)),
};

export const hasher: Hasher = {
  crc32: (bytes, seed) => crc32(bytes, seed),
  sha256(...parts) {
    const hash = createHash('sha256');
    for (const part of parts) hash.update(part);
    return new Uint8Array(hash.digest());
  },
  hmacSha256(key, ...parts) {
    const hmac = createHmac('sha256', key);
    for (const part of parts) hmac.update(part);
    return new Uint8Array(hmac.digest());
  },
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
};

export const ports = { clock, scheduler, random, hasher };
