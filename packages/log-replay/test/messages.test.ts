import { DecodeError, toHex } from '@smalti/core';
import { RUN_OVERHEAD_BYTES } from '@smalti/sync-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LogReplayMessage, messageCodec } from '../src/messages.ts';

const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const nonce = number;
const id = number;
const first = number;
const any: fc.Arbitrary<LogReplayMessage> = fc.oneof(
  fc.record({ type: fc.constant('ask' as const), nonce }),
  fc.record({
    type: fc.constant('available' as const),
    nonce,
    first,
    last: fc.constant(Number.MAX_SAFE_INTEGER),
  }),
  fc
    .record({ type: fc.constant('fetch' as const), nonce, id, first, maxBytes: number })
    .map((fetch) => ({ ...fetch, last: fetch.first })),
  fc.record({
    type: fc.constant('run' as const),
    nonce,
    id,
    first,
    prevTerm: number,
    frames: fc.uint8Array(),
  }),
  fc
    .record({ type: fc.constant('unavailable' as const), nonce, id, first })
    .map((unavailable) => ({ ...unavailable, last: unavailable.first - 1 })),
);

const read = (message: LogReplayMessage) =>
  messageCodec.decode(Uint8Array.from(messageCodec.encode(message)));

describe('messages', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(any, (message) => {
        // In Node.js no bytes at all are an empty Buffer.
        const back = read(message);
        const plain = back.type === 'run' ? { ...back, frames: Uint8Array.from(back.frames) } : back;
        expect(plain).toEqual(message);
      }),
    );
  });

  it('weigh little more than their frames', () => {
    const most = Number.MAX_SAFE_INTEGER;
    const frames = new Uint8Array(3 * 1024 * 1024);
    const bytes = messageCodec.encode({
      type: 'run',
      nonce: most,
      id: most,
      first: most,
      prevTerm: most,
      frames,
    });
    expect(bytes.length).toBeLessThanOrEqual(frames.length + RUN_OVERHEAD_BYTES);
  });

  it('of version 1 stay readable', () => {
    const golden: readonly [LogReplayMessage, string][] = [
      [{ type: 'ask', nonce: 300 }, '0a0308ac02'],
      [{ type: 'available', nonce: 1, first: 2, last: 3 }, '1206080110021803'],
      [{ type: 'fetch', nonce: 1, id: 2, first: 3, last: 4, maxBytes: 5 }, '1a0a08011002180320042805'],
      [
        { type: 'run', nonce: 1, id: 2, first: 3, prevTerm: 4, frames: Uint8Array.of(0xab) },
        '220b080110021803200 42a01ab'.replace(' ', ''),
      ],
      [{ type: 'unavailable', nonce: 1, id: 2, first: 3, last: 2 }, '2a080801100218032002'],
    ];
    for (const [message, hex] of golden) expect(toHex(messageCodec.encode(message))).toBe(hex);
  });

  it('that nobody encoded are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          messageCodec.decode(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
    );
    const refused: readonly LogReplayMessage[] = [
      { type: 'ask', nonce: 0 },
      { type: 'available', nonce: 1, first: 0, last: 3 },
      { type: 'available', nonce: 1, first: 5, last: 3 },
      { type: 'fetch', nonce: 1, id: 0, first: 3, last: 4, maxBytes: 5 },
      { type: 'fetch', nonce: 1, id: 2, first: 4, last: 3, maxBytes: 5 },
      { type: 'fetch', nonce: 1, id: 2, first: 3, last: 4, maxBytes: 0 },
      { type: 'unavailable', nonce: 1, id: 2, first: 3, last: 1 },
    ];
    for (const message of refused) expect(() => read(message)).toThrow(DecodeError);
    expect(() => messageCodec.decode(new Uint8Array(0))).toThrow(DecodeError);
  });
});
