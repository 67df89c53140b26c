import {
  type Codec,
  type Cursor,
  DecodeError,
  fromHex,
  type PartName,
  reusedWriter,
  toHex,
  toIndex,
  toTerm,
} from '@smalti/core';
import type { EntryMessage } from '@smalti/sync-kit';
import protobuf from 'protobufjs/minimal.js';
import { smalti } from './generated/messages.js';

const { SnapshotSyncMessage: Schema } = smalti.snapshotsync.v1;
const encoded = reusedWriter(() => protobuf.Writer.create());
type Decoded = InstanceType<typeof Schema>;

/** Bytes of a part's name on the wire. */
export const NAME_BYTES = 32;
/** Bytes of an encoded message around its parts, at most, and around each of them. */
export const PARTS_OVERHEAD_BYTES = 64;
export const PART_OVERHEAD_BYTES = 8;
/** Parts of one request, at most. */
export const MAX_NAMES = 4096;
/** Checkpoints of one offer, at most. */
export const MAX_OFFERED = 16;

/** Asks for what a peer has. The nonce names the session: 1 to 2^53 - 1, drawn at random. */
export interface Ask {
  readonly type: 'ask';
  readonly nonce: number;
}

/** A checkpoint that is whole there. */
export interface Offered {
  readonly at: Cursor;
  readonly root: PartName;
  readonly bytes: number;
}

/** What is whole there, the newest first. */
export interface Offer {
  readonly type: 'offer';
  readonly nonce: number;
  readonly checkpoints: readonly Offered[];
}

/** Asks for parts: as many from the first on as fit in `maxBytes`, and at least one. */
export interface Fetch {
  readonly type: 'fetch';
  readonly nonce: number;
  readonly id: number;
  readonly names: readonly PartName[];
  readonly maxBytes: number;
}

/** Parts in the order in which they were asked for, from the first on; one without bytes is not there. */
export interface Parts {
  readonly type: 'parts';
  readonly nonce: number;
  readonly id: number;
  readonly parts: readonly Uint8Array[];
}

/** Asks that a checkpoint and the log after it be kept, or no longer. */
export interface Lease {
  readonly type: 'lease';
  readonly nonce: number;
  readonly at: Cursor;
  readonly root: PartName;
  readonly release: boolean;
}

/** Of the entries after the checkpoint. */
export interface Entries {
  readonly type: 'entries';
  readonly message: EntryMessage;
}

/** What sessions and providers say to each other. */
export type SnapshotSyncMessage = Ask | Offer | Fetch | Parts | Lease | Entries;

/** Messages of wire version 1. Byte fields that were decoded are views. */
export const messageCodec: Codec<SnapshotSyncMessage> = {
  encode: (message) => encoded((writer) => Schema.encode(plain(message), writer)),
  decode(bytes) {
    let read: Decoded;
    try {
      read = Schema.decode(bytes);
    } catch (error) {
      throw new DecodeError(`not a message of snapshot sync: ${(error as Error).message}`, 0);
    }
    return bodyOf(read);
  },
};

function plain(message: SnapshotSyncMessage): object {
  switch (message.type) {
    case 'ask':
    case 'parts':
      return { [message.type]: message };
    case 'offer': {
      const checkpoints = message.checkpoints.map(({ at, root, bytes }) => ({
        ...at,
        root: fromHex(root),
        bytes,
      }));
      return { offer: { nonce: message.nonce, checkpoints } };
    }
    case 'fetch': {
      const { nonce, id, maxBytes } = message;
      return { fetch: { nonce, id, maxBytes, names: fromHex(message.names.join('')) } };
    }
    case 'lease': {
      const { nonce, at, release } = message;
      return { lease: { nonce, ...at, release, root: fromHex(message.root) } };
    }
    case 'entries':
      return { entries: { [ENTRY_FIELDS[message.message.type]]: message.message } };
  }
}

/** How the messages about entries are called in the schema. */
const ENTRY_FIELDS = {
  ask: 'ask',
  available: 'range',
  fetch: 'fetch',
  run: 'run',
  unavailable: 'refusal',
} as const;

/** A message that was decoded has every field: those that were not sent have their zero values. */
type Whole<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> };

function present<T extends object>(value: T | null | undefined): Whole<T> {
  if (value === null || value === undefined) throw new DecodeError('a message without its body', 0);
  return value as Whole<T>;
}

function bodyOf(message: Decoded): SnapshotSyncMessage {
  switch (message.body) {
    case 'ask':
      return { type: 'ask', nonce: positive(present(message.ask).nonce, 'nonce') };
    case 'offer': {
      const { nonce, checkpoints } = present(message.offer);
      if (checkpoints.length > MAX_OFFERED) throw new DecodeError(`${checkpoints.length} checkpoints`, 0);
      const offered = checkpoints.map((each) => {
        const { index, term, root, bytes } = present(each);
        return { at: cursorOf(index, term), root: nameOf(root), bytes };
      });
      return { type: 'offer', nonce: positive(nonce, 'nonce'), checkpoints: offered };
    }
    case 'fetch': {
      const { names, maxBytes, ...rest } = present(message.fetch);
      return { type: 'fetch', ...ids(rest), names: namesOf(names), maxBytes: positive(maxBytes, 'maxBytes') };
    }
    case 'parts': {
      const { parts, ...rest } = present(message.parts);
      if (parts.length === 0 || parts.length > MAX_NAMES) throw new DecodeError(`${parts.length} parts`, 0);
      return { type: 'parts', ...ids(rest), parts };
    }
    case 'lease': {
      const { nonce, index, term, root, release } = present(message.lease);
      const at = cursorOf(index, term);
      return { type: 'lease', nonce: positive(nonce, 'nonce'), at, root: nameOf(root), release };
    }
    case 'entries':
      return { type: 'entries', message: entriesOf(present(message.entries)) };
    default:
      throw new DecodeError('a message without a body that this version knows', 0);
  }
}

function entriesOf(message: Whole<NonNullable<Decoded['entries']>>): EntryMessage {
  const { body, ask, range, fetch, run, refusal } = message as NonNullable<Decoded['entries']> & {
    readonly body?: string;
  };
  switch (body) {
    case 'ask':
      return { type: 'ask', nonce: positive(present(ask).nonce, 'nonce') };
    case 'range': {
      const { nonce, first, last } = present(range);
      return { type: 'available', nonce: positive(nonce, 'nonce'), ...rangeOf(first, last, 0) };
    }
    case 'fetch': {
      const { first, last, maxBytes, ...rest } = present(fetch);
      const most = positive(maxBytes, 'maxBytes');
      return { type: 'fetch', ...ids(rest), ...rangeOf(first, last, 1), maxBytes: most };
    }
    case 'run': {
      const { first, prevTerm, frames, ...rest } = present(run);
      return { type: 'run', ...ids(rest), first, prevTerm, frames };
    }
    case 'refusal': {
      const { first, last, ...rest } = present(refusal);
      return { type: 'unavailable', ...ids(rest), ...rangeOf(first, last, 0) };
    }
    default:
      throw new DecodeError('a message about entries without a body that this version knows', 0);
  }
}

function ids({ nonce, id }: { readonly nonce: number; readonly id: number }): { nonce: number; id: number } {
  return { nonce: positive(nonce, 'nonce'), id: positive(id, 'id') };
}

function positive(value: number, what: string): number {
  if (value < 1) throw new DecodeError(`${what} is ${value}`, 0);
  return value;
}

function cursorOf(index: number, term: number): Cursor {
  return { index: toIndex(positive(index, 'index')), term: toTerm(term) };
}

function nameOf(bytes: Uint8Array): PartName {
  if (bytes.length !== NAME_BYTES) throw new DecodeError(`a name of ${bytes.length} bytes`, 0);
  return toHex(bytes) as PartName;
}

function namesOf(bytes: Uint8Array): PartName[] {
  const count = bytes.length / NAME_BYTES;
  if (!Number.isInteger(count) || count < 1 || count > MAX_NAMES) {
    throw new DecodeError(`names of ${bytes.length} bytes in all`, 0);
  }
  return Array.from({ length: count }, (_, i) =>
    nameOf(bytes.subarray(i * NAME_BYTES, (i + 1) * NAME_BYTES)),
  );
}

/** Indices begin at 1; an empty range ends right before its first. */
function rangeOf(first: number, last: number, leastLength: number): { first: number; last: number } {
  if (first < 1 || last - first + 1 < leastLength)
    throw new DecodeError(`a range from ${first} to ${last}`, 0);
  return { first, last };
}
