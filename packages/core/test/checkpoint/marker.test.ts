import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CheckpointOutcome,
  DEFAULT_CHECKPOINT_FORMAT,
  DecodeError,
  decodeMarker,
  decodeOutcome,
  encodeMarker,
  encodeOutcome,
  toPartName,
} from '../../src/index.ts';

const roots = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => toPartName(Buffer.from(bytes).toString('hex')));
const indices = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }) as fc.Arbitrary<never>;

describe('markers and outcomes', () => {
  it('come out as they went in', () => {
    const marker = { format: DEFAULT_CHECKPOINT_FORMAT };
    expect(decodeMarker(encodeMarker(marker))).toEqual(marker);
    const outcomes = fc.oneof(
      fc.record({ verdict: fc.constant('agreed' as const), marker: indices, root: roots }),
      fc.record({ verdict: fc.constantFrom('disputed' as const, 'abandoned' as const), marker: indices }),
    );
    fc.assert(
      fc.property(outcomes, (outcome: CheckpointOutcome) => {
        expect(decodeOutcome(encodeOutcome(outcome))).toEqual(outcome);
      }),
    );
  });

  it('are refused with a byte missing, a byte more, or of a layout that is not known', () => {
    const all: [Uint8Array, (bytes: Uint8Array) => unknown][] = [
      [encodeMarker({ format: DEFAULT_CHECKPOINT_FORMAT }), decodeMarker],
      [
        encodeOutcome({ verdict: 'agreed', marker: 7 as never, root: toPartName('0b'.repeat(32)) }),
        decodeOutcome,
      ],
      [encodeOutcome({ verdict: 'disputed', marker: 7 as never }), decodeOutcome],
    ];
    for (const [bytes, decode] of all) {
      for (let length = 0; length < bytes.length; length++) {
        expect(() => decode(bytes.subarray(0, length))).toThrow(DecodeError);
      }
      expect(() => decode(new Uint8Array([...bytes, 0]))).toThrow(DecodeError);
      expect(() => decode(new Uint8Array([9, ...bytes.subarray(1)]))).toThrow(/layout 9/);
    }
    expect(() => decodeOutcome(new Uint8Array([1, 7, 1]))).toThrow(/no outcome/);
  });
});
