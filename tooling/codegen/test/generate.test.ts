import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import protobuf from 'protobufjs/minimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generate } from '../src/generate.ts';
import { withSafeIntegers } from '../src/safe-integers.ts';

interface Numbers {
  one: number;
  many: number[];
  maybe?: number;
  payload: Uint8Array;
  inner?: Numbers;
}

interface NumbersType {
  new (): Numbers;
  encode(message: Partial<Numbers>): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Numbers;
}

const fixture = join(import.meta.dirname, 'fixture');
// Inside the package, so that the module finds protobufjs.
const scratch = mkdtempSync(join(import.meta.dirname, '.generated-'));
afterAll(() => rmSync(scratch, { recursive: true }));

let Numbers: NumbersType;
beforeAll(async () => {
  const { code } = await generate(fixture);
  const file = join(scratch, 'messages.js');
  writeFileSync(file, code);
  Numbers = (await import(pathToFileURL(file).href)).fixture.Numbers;
});

/** A message whose only field is `one`, as the bytes of a varint. */
const encodedOne = (...varint: number[]) => Uint8Array.of(8, ...varint);

describe('generated code', () => {
  it.each([0, 1, 127, 128, 2 ** 31, 2 ** 32, 2 ** 49 + 1, Number.MAX_SAFE_INTEGER])('carries %d', (value) => {
    const sent = { one: value, many: [value, 1, value], maybe: value };
    const received = Numbers.decode(Numbers.encode({ ...sent, inner: new Numbers() }).finish());
    const { one, many, maybe } = received;
    expect({ one, many, maybe }).toEqual(sent);
  });

  it('reads numbers although the package long is installed', () => {
    expect(protobuf.util.Long).toBeTypeOf('function');
    expect(new Numbers().one).toBe(0);
    expect(Numbers.decode(encodedOne(1)).one).toBe(1);
  });

  it('refuses a number that is not a safe integer', () => {
    const beyond = protobuf.Writer.create()
      .uint32(8)
      .uint64(2 ** 53)
      .finish();
    expect(() => Numbers.decode(beyond)).toThrow('not a safe integer');
    expect(() => Numbers.decode(encodedOne(...Array(9).fill(0xff), 1))).toThrow('not a safe integer');
  });

  it('refuses a varint that is cut short or too long', () => {
    expect(() => Numbers.decode(encodedOne(0x80))).toThrow('index out of range');
    expect(() => Numbers.decode(encodedOne(...Array(10).fill(0x80), 1))).toThrow('invalid varint encoding');
  });

  it('refuses a packed list that ends inside a number or beyond the message', () => {
    expect(() => Numbers.decode(Uint8Array.of(18, 1, 0x80, 1))).toThrow('index out of range');
    expect(() => Numbers.decode(Uint8Array.of(18, 9, 1))).toThrow('index out of range');
  });

  it('does not read past the end of an inner message', () => {
    expect(() => Numbers.decode(Uint8Array.of(42, 2, 8, 0x80, 1))).toThrow('index out of range');
  });
});

describe('generate', () => {
  it('gives the same code every time', async () => {
    expect(await generate(fixture)).toEqual(await generate(fixture));
  });

  it('keeps types of declarations free of Long', async () => {
    expect((await generate(fixture)).declarations).not.toContain('Long');
  });

  it.each(['int64', 'sint64', 'fixed64', 'sfixed64'])('refuses a field of type %s', async (type) => {
    const directory = mkdtempSync(join(tmpdir(), 'smalti-proto-'));
    mkdirSync(join(directory, 'proto'));
    writeFileSync(join(directory, 'proto', 'a.proto'), `syntax = "proto3"; message A { ${type} a = 1; }`);
    await expect(generate(directory)).rejects.toThrow(`the type ${type}`);
    rmSync(directory, { recursive: true });
  });

  it('refuses output of pbjs that it does not know', () => {
    expect(() => withSafeIntegers('export const a = 1;')).toThrow('pbjs has changed its output');
  });

  it('names the directory that has no schemas', async () => {
    await expect(generate(join(fixture, 'none'))).rejects.toThrow('no .proto files in');
  });
});
