import { type Codec, DecodeError } from '@smalti/core';
import { compact } from './kv-integer.ts';
import { decodeKeys, encodeKeys } from './kv-keys.ts';
import type { KvCommand, KvExpireIf, KvInteger, KvSetIf } from './kv-types.ts';
import { fieldBytes, Latin1Reader, Latin1Writer, varintBytes } from './latin1-bytes.ts';

/*
 * One byte says what it is; then come fields: a length as a varint, and so many bytes. What comes last needs no
 * length. Everything has one form only, and a decoder takes nothing else.
 */
const Op = Object.freeze({
  set: 1,
  del: 2,
  incrby: 3,
  mset: 4,
  append: 5,
  expire: 6,
  persist: 7,
  flushall: 8,
});

const SET_IF: readonly KvSetIf[] = ['always', 'nx', 'xx'];
const EXPIRE_IF: readonly KvExpireIf[] = ['always', 'nx', 'xx', 'gt', 'lt', 'xx-gt', 'xx-lt'];

/** What the expiry of a `set` is; only a time has 8 more bytes. */
const Expiry = Object.freeze({ never: 0, keep: 1, in: 2 });
const GET = 0x80;

type Op<Name extends KvCommand['op']> = Extract<KvCommand, { readonly op: Name }>;

/** Of commands as they are in the log. */
export const kvCommands: Codec<KvCommand> = {
  encode(command) {
    switch (command.op) {
      case 'set':
        return encodeSet(command);
      case 'mset':
        return encodeItems(command.items);
      case 'del':
        return encodeKeys(Op.del, command.keys);
      case 'incrby':
        return new Latin1Writer(9 + command.key.length)
          .u8(Op.incrby)
          .i64(BigInt(command.delta))
          .raw(command.key)
          .finish();
      case 'append':
        return new Latin1Writer(1 + fieldBytes(command.key) + command.value.length)
          .u8(Op.append)
          .field(command.key)
          .raw(command.value)
          .finish();
      case 'expire':
        return new Latin1Writer(10 + command.key.length)
          .u8(Op.expire)
          .u8(EXPIRE_IF.indexOf(command.when))
          .i64(BigInt(command.in))
          .raw(command.key)
          .finish();
      case 'persist':
        return new Latin1Writer(1 + command.key.length).u8(Op.persist).raw(command.key).finish();
      case 'flushall':
        return Uint8Array.of(Op.flushall);
    }
  },

  decode(bytes) {
    const reader = new Latin1Reader(bytes);
    const op = reader.u8();
    switch (op) {
      case Op.set:
        return decodeSet(reader);
      case Op.mset:
        return { op: 'mset', items: decodeItems(reader) };
      case Op.del:
        return { op: 'del', keys: decodeKeys(reader) };
      case Op.incrby:
        return { op: 'incrby', delta: compact(reader.i64()), key: reader.rest() };
      case Op.append:
        return { op: 'append', key: reader.field(), value: reader.rest() };
      case Op.expire: {
        const when = oneOf(EXPIRE_IF, reader.u8());
        return { op: 'expire', when, in: compact(reader.i64()), key: reader.rest() };
      }
      case Op.persist:
        return { op: 'persist', key: reader.rest() };
      case Op.flushall:
        reader.end();
        return { op: 'flushall' };
      default:
        throw new DecodeError(`no command has the number ${op}`, 0);
    }
  },
};

function encodeSet({ key, value, when, expiry, get }: Op<'set'>): Uint8Array {
  const timed = expiry !== 'keep' && expiry !== 'never';
  const kind = timed ? Expiry.in : Expiry[expiry];
  const writer = new Latin1Writer(2 + (timed ? 8 : 0) + fieldBytes(key) + value.length);
  // Conditions take the low bits, the expiry the next, and the question for the old value the highest.
  writer.u8(Op.set).u8(SET_IF.indexOf(when) | (kind << 2) | (get ? GET : 0));
  if (timed) writer.i64(BigInt(expiry));
  return writer.field(key).raw(value).finish();
}

function decodeSet(reader: Latin1Reader): Op<'set'> {
  const options = reader.u8();
  const when = oneOf(SET_IF, options & 3);
  const expiry = decodeExpiry(reader, (options & ~GET) >> 2);
  return { op: 'set', when, expiry, get: options >= GET, key: reader.field(), value: reader.rest() };
}

function decodeExpiry(reader: Latin1Reader, kind: number): KvInteger | 'keep' | 'never' {
  if (kind === Expiry.never) return 'never';
  if (kind === Expiry.keep) return 'keep';
  if (kind !== Expiry.in) throw new DecodeError(`no expiry has the number ${kind}`, 1);
  const time = reader.i64();
  if (time <= 0n) throw new DecodeError('a value expires in a millisecond or later', 2);
  return compact(time);
}

function encodeItems(items: Op<'mset'>['items']): Uint8Array {
  let length = 1 + varintBytes(items.length);
  for (const [key, value] of items) length += fieldBytes(key) + fieldBytes(value);
  const writer = new Latin1Writer(length).u8(Op.mset).varint(items.length);
  for (const [key, value] of items) writer.field(key).field(value);
  return writer.finish();
}

function decodeItems(reader: Latin1Reader): [string, string][] {
  const items: [string, string][] = [];
  // Grows as items come: what the bytes say of their number is not believed before.
  for (let left = reader.varint(); left > 0; left--) items.push([reader.field(), reader.field()]);
  reader.end();
  return items;
}

function oneOf<T>(choices: readonly T[], number: number): T {
  const found = choices[number];
  if (found === undefined) throw new DecodeError(`no condition has the number ${number}`, 1);
  return found;
}
