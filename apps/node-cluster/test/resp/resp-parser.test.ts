import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError, RespParser } from '../../src/resp/resp-parser.ts';

const limits = { maxBulkBytes: 1_000, maxArguments: 100, maxRequestBytes: 5_000 };
const text = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const request = fc.array(text, { minLength: 1, maxLength: 5 });

function encode(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

/** Feeds the bytes in pieces that end at these places. */
function parse(bytes: string, cuts: readonly number[] = [], parser = new RespParser(limits)): string[][] {
  const requests: string[][] = [];
  let from = 0;
  for (const to of [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length]) {
    if (to > from) parser.push(Buffer.from(bytes.slice(from, to), 'latin1'));
    from = Math.max(from, to);
    for (let next = parser.next(); next !== null; next = parser.next()) requests.push(next);
  }
  return requests;
}

describe('RespParser', () => {
  it('gives back requests, however their bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 6 }),
        fc.array(fc.nat(400), { maxLength: 20 }),
        (all, cuts) => {
          expect(parse(all.map(encode).join(''), cuts)).toEqual(all);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives back requests that come byte by byte, or in two pieces cut anywhere', () => {
    const all = [['SET', 'key', 'a\r\nb\0\xff'], ['PING'], ['ECHO', ''], ['GET', '$5\r\nhello']];
    const bytes = `${encode(all[0] ?? [])}PING\r\n${encode(all[2] ?? [])}\r\n${encode(all[3] ?? [])}`;
    expect(
      parse(
        bytes,
        Array.from(bytes, (_, at) => at),
      ),
    ).toEqual(all);
    for (let cut = 0; cut <= bytes.length; cut++) expect(parse(bytes, [cut])).toEqual(all);
  });

  it('waits for what is missing', () => {
    const bytes = encode(['SET', 'key', 'value']);
    for (let cut = 0; cut < bytes.length; cut++) expect(parse(bytes.slice(0, cut))).toEqual([]);
  });

  it('skips arrays without elements, and blank lines', () => {
    expect(parse('*0\r\n*-1\r\n\r\n  \r\n\nPING\r\n')).toEqual([['PING']]);
  });

  it.each([
    ['set a "b c"', ['set', 'a', 'b c']],
    ['set a "\\x41\\n\\"\\\\"', ['set', 'a', 'A\n"\\']],
    ["set a 'it\\'s'", ['set', 'a', "it's"]],
    ['  get \t a  ', ['get', 'a']],
    ['$get a', ['$get', 'a']],
    ['echo ""', ['echo', '']],
  ])('reads the inline command %s', (line, words) => {
    expect(parse(`${line}\r\n`)).toEqual([words]);
    expect(parse(`${line}\n`)).toEqual([words]);
  });

  it.each([
    ['*abc\r\n', 'invalid multibulk length'],
    ['*\r\n', 'invalid multibulk length'],
    ['*01\r\n', 'invalid multibulk length'],
    ['*101\r\n', 'invalid multibulk length'],
    ['*1\n$4\r\nPING\r\n', 'invalid multibulk length'],
    [`*${'1'.repeat(40)}`, 'too big mbulk count string'],
    ['*1\r\nPING\r\n', "expected '$', got 'P'"],
    ['*1\r\n\x01', "expected '$', got '\\x01'"],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
    ['*1\r\n$1001\r\n', 'invalid bulk length'],
    ['*1\r\n$99999999999999999999\r\n', 'invalid bulk length'],
    [`*1\r\n$${'1'.repeat(40)}`, 'too big bulk count string'],
    ['*1\r\n$4\r\nPINGxx', 'expected CRLF after a bulk string'],
    ['get "a\r\n', 'unbalanced quotes in request'],
    ['get "a"b\r\n', 'unbalanced quotes in request'],
    ['x'.repeat(70_000), 'too big inline request'],
    [encode(Array.from({ length: 6 }, () => 'x'.repeat(1_000))), 'a request of more than 5000 bytes'],
  ])('refuses %j', (bytes, message) => {
    expect(() => parse(bytes)).toThrow(new ProtocolError(message));
    const everywhere = Array.from({ length: Math.min(bytes.length, 300) }, (_, at) => at);
    expect(() => parse(bytes, everywhere)).toThrow(new ProtocolError(message));
  });

  it('gives a request or a ProtocolError on any bytes', () => {
    const piece = fc.oneof(
      text,
      fc.constantFrom('*', '$', '\r\n', '3', '-1', 'PING', '"', "'", '\\x', '*1\r\n$1\r\n'),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.array(fc.nat(200), { maxLength: 10 }),
        (pieces, cuts) => {
          try {
            for (const words of parse(pieces.join(''), cuts)) expect(words.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('reads a long argument in time that grows with its length', () => {
    const parser = new RespParser({ maxBulkBytes: 2 ** 24, maxArguments: 10, maxRequestBytes: 2 ** 25 });
    const value = 'v'.repeat(2 ** 24);
    const bytes = Buffer.from(encode(['SET', 'k', value]), 'latin1');
    let found: string[] | null = null;
    for (let at = 0; at < bytes.length; at += 4_096) {
      parser.push(bytes.subarray(at, at + 4_096));
      found = parser.next();
    }
    expect(found?.[2] === value).toBe(true);
    expect(parser.buffered).toBe(0);
  });
});
