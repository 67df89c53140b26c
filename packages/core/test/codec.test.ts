import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ByteReader,
  ByteWriter,
  DecodeError,
  fromHex,
  jsonCodec,
  reusedWriter,
  textCodec,
  toHex,
} from '../src/index.ts';

const safe = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('bytes', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(
        safe,
        safe,
        fc.uint8Array(),
        fc.string({ unit: 'grapheme' }),
        (fixed, small, bytes, text) => {
          const writer = new ByteWriter(1).u64(fixed).varint(small).bytes(bytes).text(text).u32(7).u8(9);
          const reader = new ByteReader(writer.finish());
          expect(reader.u64()).toBe(fixed);
          expect(reader.varint()).toBe(small);
          expect([...reader.bytes()]).toEqual([...bytes]);
          expect(reader.text()).toBe(text);
          expect([reader.u32(), reader.u8()]).toEqual([7, 9]);
          reader.end();
        },
      ),
    );
  });

  it('are refused where they end too early, whatever they are', () => {
    fc.assert(
      fc.property(safe, fc.uint8Array({ minLength: 1 }), fc.nat(), (number, bytes, cut) => {
        const whole = new ByteWriter().varint(number).bytes(bytes).u64(number).finish();
        const reader = new ByteReader(whole.subarray(0, cut % whole.length));
        expect(() => {
          reader.varint();
          reader.bytes();
          reader.u64();
        }).toThrow(DecodeError);
      }),
    );
  });

  it('are numbers below 2^53 or refused', () => {
    expect(() => new ByteWriter().u64(2 ** 53)).toThrow(RangeError);
    expect(() => new ByteWriter().varint(-1)).toThrow(RangeError);
    expect(() => new ByteWriter().varint(0.5)).toThrow(RangeError);
    const tooLarge = new Uint8Array(8).fill(0xff);
    expect(() => new ByteReader(tooLarge).u64()).toThrow('2^53');
    expect(() => new ByteReader(new Uint8Array(9).fill(0xff)).varint()).toThrow('2^53');
    const most = new ByteWriter().varint(Number.MAX_SAFE_INTEGER).u64(Number.MAX_SAFE_INTEGER).finish();
    const reader = new ByteReader(most);
    expect([reader.varint(), reader.u64()]).toEqual([Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);
  });

  it('have one way to write a number', () => {
    expect(() => new ByteReader(new Uint8Array([0x80, 0x00])).varint()).toThrow('longer than it needs');
  });

  it('are bounded where the reader says so', () => {
    const bytes = new ByteWriter().bytes(new Uint8Array(11)).finish();
    expect(() => new ByteReader(bytes).bytes(10)).toThrow('at most 10');
    expect(() => new ByteReader(new Uint8Array([2, 0xc3, 0x28])).text()).toThrow('UTF-8');
    expect(() => new ByteReader(new Uint8Array([1])).end()).toThrow('1 bytes too many');
  });
});

describe('codecs', () => {
  it('write hex and read it back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromHex(toHex(bytes))).toEqual(bytes);
      }),
    );
    expect(toHex(Uint8Array.of(0, 9, 10, 15, 16, 0x9a, 0xff))).toBe('00090a0f109aff');
    expect(toHex(new Uint8Array(32).fill(0xe1))).toBe('e1'.repeat(32));
    // Neighbours of the digits, and characters beyond one byte whose low bits are digits.
    for (const text of ['a', 'AB', 'zz', '0x', '/0', '0:', '0@', '`0', '0g', '0\u0130', '\u06610'])
      expect(() => fromHex(text)).toThrow(RangeError);
  });

  it('of text and JSON give back what they were given', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        const value: unknown = JSON.parse(json);
        const codec = jsonCodec<unknown>();
        expect(codec.decode(codec.encode(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(textCodec.decode(textCodec.encode(json))).toBe(json);
      }),
    );
    expect(() => textCodec.decode(new Uint8Array([0xff]))).toThrow();
  });
});

describe('a writer that is used again', () => {
  /** Counts how many were made, and hands out copies. */
  function counting() {
    const made: { bytes: number[] }[] = [];
    const encoded = reusedWriter(() => {
      const writer = {
        bytes: [] as number[],
        finish: () => Uint8Array.from(writer.bytes),
        reset: () => writer.bytes.splice(0),
      };
      made.push(writer);
      return writer;
    });
    return { made, encoded };
  }

  it('gives each message its own bytes', () => {
    const { made, encoded } = counting();
    const first = encoded(({ bytes }) => bytes.push(1, 2));
    const second = encoded(({ bytes }) => bytes.push(3));
    expect([[...first], [...second], made.length]).toEqual([[1, 2], [3], 1]);
  });

  it('is left alone after an error, and while it is in use', () => {
    const { made, encoded } = counting();
    const failing = (): Uint8Array =>
      encoded(({ bytes }) => {
        bytes.push(9);
        throw new RangeError('not to be encoded');
      });
    expect(failing).toThrow('not to be encoded');
    const outer = encoded(({ bytes }) => {
      bytes.push(1);
      bytes.push(...encoded((inner) => inner.bytes.push(2)));
    });
    expect([[...outer], made.length]).toEqual([[1, 2], 3]);
  });

  it('is not kept once it has grown large', () => {
    const { made, encoded } = counting();
    encoded((writer) => {
      writer.bytes = new Array(2 * 1024 * 1024 + 1).fill(0);
    });
    encoded(({ bytes }) => bytes.push(1));
    expect(made.length).toBe(2);
  });
});
