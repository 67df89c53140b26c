import { randomBytes } from 'node:crypto';
import type { Random } from '@smalti/core';

/** `next` from the language, `bytes` from the system's secure source. */
export const nodeRandom: Random = Object.freeze({
  next: () => Math.random(),
  bytes: (length: number) => new Uint8Array(randomBytes(length)),
});
