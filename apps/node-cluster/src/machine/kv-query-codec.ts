import { type Codec, DecodeError } from '@smalti/core';
import { decodeKeys, encodeKeys } from './kv-keys.ts';
import type { KvQuery } from './kv-types.ts';
import { Latin1Reader, Latin1Writer, varintBytes } from './latin1-bytes.ts';

const Op = Object.freeze({ get: 16, exists: 17, dbsize: 18, mget: 19, strlen: 20, expiry: 21, scan: 22 });

/** Of queries, should one ever travel. */
export const kvQueries: Codec<KvQuery> = {
  encode(query) {
    switch (query.op) {
      case 'get':
      case 'strlen':
      case 'expiry':
        return new Latin1Writer(1 + query.key.length).u8(Op[query.op]).raw(query.key).finish();
      case 'mget':
      case 'exists':
        return encodeKeys(Op[query.op], query.keys);
      case 'dbsize':
        return Uint8Array.of(Op.dbsize);
      case 'scan': {
        const { after, count } = query;
        const writer = new Latin1Writer(2 + varintBytes(count) + (after?.length ?? 0));
        writer
          .u8(Op.scan)
          .u8(after === null ? 0 : 1)
          .varint(count);
        return writer.raw(after ?? '').finish();
      }
    }
  },

  decode(bytes) {
    const reader = new Latin1Reader(bytes);
    const op = reader.u8();
    switch (op) {
      case Op.get:
        return { op: 'get', key: reader.rest() };
      case Op.strlen:
        return { op: 'strlen', key: reader.rest() };
      case Op.expiry:
        return { op: 'expiry', key: reader.rest() };
      case Op.exists:
        return { op: 'exists', keys: decodeKeys(reader) };
      case Op.mget:
        return { op: 'mget', keys: decodeKeys(reader) };
      case Op.dbsize:
        reader.end();
        return { op: 'dbsize' };
      case Op.scan:
        return decodeScan(reader);
      default:
        throw new DecodeError(`no query has the number ${op}`, 0);
    }
  },
};

function decodeScan(reader: Latin1Reader): KvQuery {
  const form = reader.u8();
  const count = reader.varint();
  if (count === 0) throw new DecodeError('a scan looks at one key or more', 2);
  if (form > 1) throw new DecodeError(`no scan has the form ${form}`, 1);
  if (form === 1) return { op: 'scan', after: reader.rest(), count };
  reader.end();
  return { op: 'scan', after: null, count };
}
