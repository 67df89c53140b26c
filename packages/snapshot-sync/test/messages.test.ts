import { DecodeError, type PartName, toHex } from '@smalti/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { snapshotSync } from '../src/index.ts';
import {
  MAX_NAMES,
  messageCodec,
  PART_OVERHEAD_BYTES,
  PARTS_OVERHEAD_BYTES,
  type SnapshotSyncMessage,
} from '../src/messages.ts';

const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const name = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => toHex(bytes) as PartName);
const at = fc.record({ index: number, term: fc.nat() });
const bytes = fc.uint8Array({ maxLength: 40 });
const ids = { nonce: number, id: number };
const range = fc
  .tuple(fc.integer({ min: 1, max: 1_000_000 }), fc.nat(1_000))
  .map(([first, more]) => ({ first, last: first + more }));

const entries = fc.oneof(
  fc.record({ type: fc.constant('ask' as const), nonce: number }),
  fc
    .tuple(number, range)
    .map(([nonce, { first, last }]) => ({ type: 'available' as const, nonce, first, last })),
  fc.tuple(fc.record(ids), range, number).map(([id, { first, last }, maxBytes]) => ({
    type: 'fetch' as const,
    ...id,
    first,
    last,
    maxBytes,
  })),
  fc.record({ type: fc.constant('run' as const), ...ids, first: number, prevTerm: fc.nat(), frames: bytes }),
  fc.tuple(fc.record(ids), range).map(([id, { first, last }]) => ({
    type: 'unavailable' as const,
    ...id,
    first,
    last,
  })),
);

const messages = fc.oneof(
  fc.record({ type: fc.constant('ask' as const), nonce: number }),
  fc.record({
    type: fc.constant('offer' as const),
    nonce: number,
    checkpoints: fc.array(fc.record({ at, root: name, bytes: fc.nat() }), { maxLength: 16 }),
  }),
  fc.record({
    type: fc.constant('fetch' as const),
    ...ids,
    names: fc.array(name, { minLength: 1, maxLength: 20 }),
    maxBytes: number,
  }),
  fc.record({
    type: fc.constant('parts' as const),
    ...ids,
    parts: fc.array(bytes, { minLength: 1, maxLength: 20 }),
  }),
  fc.record({ type: fc.constant('lease' as const), nonce: number, at, root: name, release: fc.boolean() }),
  fc.record({ type: fc.constant('entries' as const), message: entries }),
) as unknown as fc.Arbitrary<SnapshotSyncMessage>;

/** With byte fields as plain arrays, so that views and buffers compare. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

describe('messages', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(plain(messageCodec.decode(messageCodec.encode(message)))).toEqual(plain(message));
      }),
    );
  });

  it('are refused with an error of their own when they are none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        try {
          messageCodec.decode(noise);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
    expect(() => messageCodec.decode(new Uint8Array(0))).toThrow(DecodeError);
    const bad: object[] = [
      { type: 'ask', nonce: 0 },
      { type: 'fetch', nonce: 1, id: 1, names: [], maxBytes: 1 },
      { type: 'fetch', nonce: 1, id: 1, names: ['abcd'], maxBytes: 1 },
      { type: 'parts', nonce: 1, id: 1, parts: [] },
      {
        type: 'parts',
        nonce: 1,
        id: 1,
        parts: Array.from({ length: MAX_NAMES + 1 }, () => new Uint8Array(0)),
      },
      { type: 'lease', nonce: 1, at: { index: 0, term: 0 }, root: 'ab'.repeat(32), release: false },
      { type: 'entries', message: { type: 'fetch', nonce: 1, id: 1, first: 5, last: 4, maxBytes: 1 } },
    ];
    for (const message of bad) {
      const encoded = messageCodec.encode(message as SnapshotSyncMessage);
      expect(() => messageCodec.decode(encoded)).toThrow(DecodeError);
    }
  });

  it('with parts are no longer than what is counted', () => {
    const most = Number.MAX_SAFE_INTEGER;
    for (const lengths of [[0], [1, 2, 3], [100_000, 5], [300_000]]) {
      const parts = lengths.map((length) => new Uint8Array(length));
      const all = lengths.reduce((sum, length) => sum + length + PART_OVERHEAD_BYTES, PARTS_OVERHEAD_BYTES);
      expect(messageCodec.encode({ type: 'parts', nonce: most, id: most, parts }).length).toBeLessThanOrEqual(
        all,
      );
    }
  });
});

describe('options', () => {
  it('are nobody’s identity', () => {
    expect(snapshotSync({ batchBytes: 5_000 }).signature).toBe(snapshotSync().signature);
  });

  it('out of their range are refused by name', () => {
    expect(() => snapshotSync({ leaseMs: 0 })).toThrow(
      'snapshotSync: leaseMs must be an integer from 1000 to 120000',
    );
    expect(() => snapshotSync({ windowBytes: 1.5 })).toThrow(expect.objectContaining({ code: 'BAD_OPTION' }));
  });
});
