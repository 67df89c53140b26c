import { type Codec, DecodeError, reusedWriter } from '@smalti/core';
import type { EntryAsk, EntryFetch, EntryMessage, EntryRange, EntryRefusal } from '@smalti/sync-kit';
import protobuf from 'protobufjs/minimal.js';
import { smalti } from './generated/messages.js';

const { LogReplayMessage: Schema } = smalti.logreplay.v1;
const encoded = reusedWriter(() => protobuf.Writer.create());

export type { EntryRun } from '@smalti/sync-kit';
export type Ask = EntryAsk;
export type Available = EntryRange;
export type Fetch = EntryFetch;
export type Unavailable = EntryRefusal;

/** What sessions and providers say to each other. */
export type LogReplayMessage = EntryMessage;

/** Messages of wire version 1. Byte fields that were decoded are views. */
export const messageCodec: Codec<LogReplayMessage> = {
  encode: (message) => encoded((writer) => Schema.encode({ [message.type]: message }, writer)),
  decode(bytes) {
    let read: InstanceType<typeof Schema>;
    try {
      read = Schema.decode(bytes);
    } catch (error) {
      throw new DecodeError(`not a message of log replay: ${(error as Error).message}`, 0);
    }
    return bodyOf(read);
  },
};

/** A message that was decoded has every field: those that were not sent have their zero values. */
type Decoded<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> };

function present<T extends object>(value: T | null | undefined): Decoded<T> {
  if (value === null || value === undefined) throw new DecodeError('a message without its body', 0);
  return value as Decoded<T>;
}

function bodyOf(message: InstanceType<typeof Schema>): LogReplayMessage {
  switch (message.body) {
    case 'ask':
      return { type: 'ask', nonce: positive(present(message.ask).nonce, 'nonce') };
    case 'available': {
      const { nonce, first, last } = present(message.available);
      return { type: 'available', nonce: positive(nonce, 'nonce'), ...range(first, last, 0) };
    }
    case 'fetch': {
      const { nonce, id, first, last, maxBytes } = present(message.fetch);
      const names = { nonce: positive(nonce, 'nonce'), id: positive(id, 'id') };
      return { type: 'fetch', ...names, ...range(first, last, 1), maxBytes: positive(maxBytes, 'maxBytes') };
    }
    case 'run': {
      const { nonce, id, first, prevTerm, frames } = present(message.run);
      const names = { nonce: positive(nonce, 'nonce'), id: positive(id, 'id') };
      return { type: 'run', ...names, first, prevTerm, frames };
    }
    case 'unavailable': {
      const { nonce, id, first, last } = present(message.unavailable);
      const names = { nonce: positive(nonce, 'nonce'), id: positive(id, 'id') };
      return { type: 'unavailable', ...names, ...range(first, last, 0) };
    }
    default:
      throw new DecodeError('a message without a body that this version knows', 0);
  }
}

function positive(value: number, what: string): number {
  if (value < 1) throw new DecodeError(`${what} is ${value}`, 0);
  return value;
}

/** Indices begin at 1; an empty range ends right before its first. */
function range(first: number, last: number, leastLength: number): { first: number; last: number } {
  if (first < 1 || last - first + 1 < leastLength)
    throw new DecodeError(`a range from ${first} to ${last}`, 0);
  return { first, last };
}
