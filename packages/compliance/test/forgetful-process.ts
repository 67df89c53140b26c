import { randomBytes } from 'node:crypto';
import { memoryStore } from '@smalti/storage-memory';
import { serveLogStore } from '../src/child-process/index.ts';

// A process whose store says that it is durable, and keeps everything in memory.
serveLogStore(async (_, node) => {
  const random = {
    next: () => Math.random(),
    bytes: (length: number) => new Uint8Array(randomBytes(length)),
  };
  const scheduler = {
    endOfTurn: (work: () => void) => process.nextTick(work),
    nextTurn: (work: () => void) => void setImmediate(work),
  };
  return Object.assign(memoryStore({ node, random, scheduler }), { durable: true });
});
