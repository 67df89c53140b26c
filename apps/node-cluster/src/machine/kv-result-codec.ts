import { type Codec, DecodeError } from '@smalti/core';
import { compact } from './kv-integer.ts';
import type { KvResult } from './kv-types.ts';
import { fieldBytes, Latin1Reader, Latin1Writer, varintBytes } from './latin1-bytes.ts';

const Kind = Object.freeze({
  ok: 1,
  none: 2,
  value: 3,
  integer: 4,
  error: 5,
  values: 6,
  expiry: 7,
  page: 8,
});

/** Of results. */
export const kvResults: Codec<KvResult> = {
  encode(result) {
    switch (result.kind) {
      case 'ok':
        return Uint8Array.of(Kind.ok);
      case 'value':
        if (result.value === null) return Uint8Array.of(Kind.none);
        return new Latin1Writer(1 + result.value.length).u8(Kind.value).raw(result.value).finish();
      case 'integer':
        return new Latin1Writer(9).u8(Kind.integer).i64(BigInt(result.value)).finish();
      case 'error':
        return new Latin1Writer(1 + result.message.length).u8(Kind.error).raw(result.message).finish();
      case 'values':
        return encodeTexts(Kind.values, result.values);
      case 'expiry': {
        const writer = new Latin1Writer(10 + (result.at === null ? 0 : 8)).u8(Kind.expiry);
        writer.u8(result.at === null ? 0 : 1).i64(BigInt(result.time));
        if (result.at !== null) writer.i64(BigInt(result.at));
        return writer.finish();
      }
      case 'page':
        return encodeTexts(Kind.page, [result.next, ...result.keys]);
    }
  },

  decode(bytes) {
    const reader = new Latin1Reader(bytes);
    const kind = reader.u8();
    switch (kind) {
      case Kind.ok:
        reader.end();
        return { kind: 'ok' };
      case Kind.none:
        reader.end();
        return { kind: 'value', value: null };
      case Kind.value:
        return { kind: 'value', value: reader.rest() };
      case Kind.integer: {
        const value = compact(reader.i64());
        reader.end();
        return { kind: 'integer', value };
      }
      case Kind.error:
        return { kind: 'error', message: reader.rest() };
      case Kind.values:
        return { kind: 'values', values: decodeTexts(reader) };
      case Kind.expiry:
        return decodeExpiry(reader);
      case Kind.page:
        return decodePage(reader);
      default:
        throw new DecodeError(`no result has the number ${kind}`, 0);
    }
  },
};

/** Texts, some of them null: each is led by a byte that says so. */
function encodeTexts(kind: number, texts: readonly (string | null)[]): Uint8Array {
  let length = 1 + varintBytes(texts.length);
  for (const text of texts) length += text === null ? 1 : 1 + fieldBytes(text);
  const writer = new Latin1Writer(length).u8(kind).varint(texts.length);
  for (const text of texts) {
    if (text === null) writer.u8(0);
    else writer.u8(1).field(text);
  }
  return writer.finish();
}

function decodeTexts(reader: Latin1Reader): (string | null)[] {
  const texts: (string | null)[] = [];
  // Grows as texts come: what the bytes say of their number is not believed before.
  for (let left = reader.varint(); left > 0; left--) {
    texts.push(isThere(reader) ? reader.field() : null);
  }
  reader.end();
  return texts;
}

function decodeExpiry(reader: Latin1Reader): KvResult {
  const expires = isThere(reader);
  const time = compact(reader.i64());
  if (typeof time !== 'number') throw new DecodeError('a group time is beyond 2^53', 2);
  const at = expires ? compact(reader.i64()) : null;
  reader.end();
  return { kind: 'expiry', at, time };
}

function decodePage(reader: Latin1Reader): KvResult {
  const [next, ...texts] = decodeTexts(reader);
  const keys = texts.filter((text) => text !== null);
  if (next === undefined || keys.length < texts.length) throw new DecodeError('a page lacks a key', 1);
  return { kind: 'page', keys, next };
}

function isThere(reader: Latin1Reader): boolean {
  const there = reader.u8();
  if (there > 1) throw new DecodeError(`${there} is neither there nor not`, 1);
  return there === 1;
}
