import { type Codec, DecodeError } from '@smalti/core';
import { compact } from './kv-integer.ts';
import type { KvCommand, KvQuery, KvResult } from './kv-types.ts';
import { fieldBytes, Latin1Reader, Latin1Writer, varintBytes } from './latin1-bytes.ts';

/*
 * One byte says what it is; then come fields: a length as a varint, and so many bytes. What comes last needs no
 * length. Everything has one form only, and a decoder takes nothing else.
 */
const Op = Object.freeze({ set: 1, del: 2, incrby: 3, get: 16, exists: 17, dbsize: 18 });
const Kind = Object.freeze({ ok: 1, none: 2, value: 3, integer: 4, error: 5 });

/** Of commands as they are in the log. */
export const kvCommands: Codec<KvCommand> = {
  encode(command) {
    switch (command.op) {
      case 'set':
        return new Latin1Writer(1 + fieldBytes(command.key) + command.value.length)
          .u8(Op.set)
          .field(command.key)
          .raw(command.value)
          .finish();
      case 'del':
        return encodeKeys(Op.del, command.keys);
      case 'incrby':
        return new Latin1Writer(9 + command.key.length)
          .u8(Op.incrby)
          .i64(BigInt(command.delta))
          .raw(command.key)
          .finish();
    }
  },

  decode(bytes) {
    const reader = new Latin1Reader(bytes);
    const op = reader.u8();
    switch (op) {
      case Op.set:
        return { op: 'set', key: reader.field(), value: reader.rest() };
      case Op.del:
        return { op: 'del', keys: decodeKeys(reader) };
      case Op.incrby:
        return { op: 'incrby', delta: compact(reader.i64()), key: reader.rest() };
      default:
        throw new DecodeError(`no command has the number ${op}`, 0);
    }
  },
};

/** Of queries, should one ever travel. */
export const kvQueries: Codec<KvQuery> = {
  encode(query) {
    switch (query.op) {
      case 'get':
        return new Latin1Writer(1 + query.key.length).u8(Op.get).raw(query.key).finish();
      case 'exists':
        return encodeKeys(Op.exists, query.keys);
      case 'dbsize':
        return Uint8Array.of(Op.dbsize);
    }
  },

  decode(bytes) {
    const reader = new Latin1Reader(bytes);
    const op = reader.u8();
    switch (op) {
      case Op.get:
        return { op: 'get', key: reader.rest() };
      case Op.exists:
        return { op: 'exists', keys: decodeKeys(reader) };
      case Op.dbsize:
        reader.end();
        return { op: 'dbsize' };
      default:
        throw new DecodeError(`no query has the number ${op}`, 0);
    }
  },
};

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
      default:
        throw new DecodeError(`no result has the number ${kind}`, 0);
    }
  },
};

function encodeKeys(op: number, keys: readonly string[]): Uint8Array {
  let length = 1 + varintBytes(keys.length);
  for (const key of keys) length += fieldBytes(key);
  const writer = new Latin1Writer(length).u8(op).varint(keys.length);
  for (const key of keys) writer.field(key);
  return writer.finish();
}

function decodeKeys(reader: Latin1Reader): string[] {
  const keys: string[] = [];
  // Grows as keys come: what the bytes say of their number is not believed before.
  for (let left = reader.varint(); left > 0; left--) keys.push(reader.field());
  reader.end();
  return keys;
}
