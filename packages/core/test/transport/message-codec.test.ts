import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BondRefused,
  decodeHandshake,
  encodeHandshake,
  type HandshakeMessage,
  LARGEST_HANDSHAKE_BYTES,
  REFUSAL_CODES,
  toBootNonce,
  toClusterId,
  toGroupId,
  toIncarnation,
  toNetworkId,
  toPeerId,
} from '../../src/index.ts';

const digits = (count: number): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength: count / 2, maxLength: count / 2 })
    .map((bytes) => Buffer.from(bytes).toString('hex'));
const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });
const group = digits(64).map(toGroupId);
const version = fc.integer({ min: 0, max: 0xffff_ffff });

const identity = fc.record({
  id: name.map(toPeerId),
  incarnation: digits(32).map(toIncarnation),
  boot: digits(16).map(toBootNonce),
  cluster: fc.option(digits(32).map(toClusterId)),
  bootstrapping: fc.boolean(),
  address: fc.stringMatching(/^[!-~]{0,256}$/),
  protocol: fc.tuple(version, version).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) })),
});

const message: fc.Arbitrary<HandshakeMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('open' as const),
    network: name.map(toNetworkId),
    groups: fc.uniqueArray(group, { minLength: 1, maxLength: 9 }),
    identity,
    nonce: bytes(32),
  }),
  fc.record({ kind: fc.constant('challenge' as const), group, identity, nonce: bytes(32) }),
  fc.record({
    kind: fc.constant('prove' as const),
    previous: bytes(16),
    proofs: fc.array(bytes(32), { minLength: 1, maxLength: 8 }),
  }),
  fc.record({ kind: fc.constant('bonded' as const), proof: bytes(32) }),
  fc.record({
    kind: fc.constant('refuse' as const),
    code: fc.constantFrom(...REFUSAL_CODES),
    quiet: fc.boolean(),
    detail: fc.stringMatching(/^[ -~]{0,200}$/),
  }),
);

/** Whether the bytes are a message; anything but a refusal with a code is a failure. */
function readable(input: Uint8Array): boolean {
  try {
    // What can be read is written the same: there is one way to say each thing, so that a transcript is what was said.
    expect(Buffer.from(encodeHandshake(decodeHandshake(input))).equals(input)).toBe(true);
    return true;
  } catch (error) {
    if (!(error instanceof BondRefused)) throw error;
    expect(['BAD_HANDSHAKE', 'VERSION_MISMATCH']).toContain(error.code);
    return false;
  }
}

describe('messages of the handshake', () => {
  test('are read as they were written', () => {
    fc.assert(
      fc.property(message, (each) => {
        expect(decodeHandshake(encodeHandshake(each))).toEqual(each);
      }),
      {
        numRuns: 500,
      },
    );
  });

  test('are refused when they are cut, longer, or of another version', () => {
    fc.assert(
      fc.property(message, fc.nat(), (each, at) => {
        const whole = encodeHandshake(each);
        expect(readable(whole.slice(0, at % whole.length))).toBe(false);
        expect(readable(Uint8Array.of(...whole, 0))).toBe(false);
        const other = whole.slice();
        other[1] = 2;
        expect(readable(other)).toBe(false);
      }),
    );
  });

  test('are refused or read when any byte is damaged, and nothing else happens', () => {
    fc.assert(
      fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (each, at, flip) => {
        const damaged = encodeHandshake(each).slice();
        const place = at % damaged.length;
        damaged[place] = (damaged[place] as number) ^ flip;
        if (each.kind !== 'refuse') readable(damaged);
        else expect(() => decodeHandshake(damaged)).not.toThrow(RangeError);
      }),
      { numRuns: 1000 },
    );
  });

  test('are refused when they are noise, of any length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (noise) => void readable(noise)),
      { numRuns: 1000 },
    );
    expect(readable(new Uint8Array(LARGEST_HANDSHAKE_BYTES + 1))).toBe(false);
  });

  test('keep control characters of a refusal out of logs', () => {
    const detail = 'a\u001b[31mb\nc\u202e';
    const read = decodeHandshake(
      encodeHandshake({ kind: 'refuse', code: 'BAD_PROOF', quiet: false, detail }),
    );
    expect(read).toMatchObject({ detail: 'a?[31mb?c?' });
  });

  test('cut a detail that is too long, between characters', () => {
    const detail = 'ü'.repeat(5000);
    const read = decodeHandshake(
      encodeHandshake({ kind: 'refuse', code: 'BAD_PROOF', quiet: false, detail }),
    );
    expect(read.kind === 'refuse' && /^ü{300,512}$/.test(read.detail)).toBe(true);
  });
});

test('a message that was read keeps no hold of the Buffer that it came in', () => {
  const sent: HandshakeMessage = {
    kind: 'prove',
    previous: new Uint8Array(16).fill(1),
    proofs: [new Uint8Array(32).fill(2)],
  };
  const came = Buffer.from(encodeHandshake(sent));
  const read = decodeHandshake(came);
  came.fill(9);
  expect(read).toEqual(sent);
});
