import { ByteReader, ByteWriter, DecodeError, type Refusal, readRefusal, writeRefusal } from '@smalti/core';

/**
 * What a WebSocket message of a link is, by its first byte. Small frames of one turn travel together in one message:
 * what a message costs on both sides is then paid once. The numbers are part of the wire format.
 */
export const MessageKind = Object.freeze({
  /** One frame. */
  single: 0,
  /** Frames, each with its length before it, as a varint. */
  batch: 1,
  /** Control lane, from who was dialled: please open the bulk lane. */
  wantBulk: 2,
  /** Bulk lane, the first message, from who dialled: which link it belongs to, and the proof. */
  ticket: 3,
  /** Control lane: the link ends, and why. */
  bye: 4,
});

/** The first byte of a WebSocket frame that is a whole binary message, and of the second one what says that it is masked. */
const WHOLE_BINARY = 0x82;
const MASKED = 0x80;
const MASK_BYTES = 4;

/** Bytes of a ticket's name. */
export const TICKET_ID_BYTES = 16;
/** Bytes of a ticket's proof. */
export const TICKET_PROOF_BYTES = 32;

/** A message of one frame, copied: see {@link singleHead} for long ones. */
export function encodeSingle(head: Uint8Array, body: Uint8Array): Buffer {
  const message = Buffer.allocUnsafe(1 + head.length + body.length);
  message[0] = MessageKind.single;
  message.set(head, 1);
  message.set(body, 1 + head.length);
  return message;
}

/**
 * Everything of a message of one frame that comes before its body, the head of the WebSocket frame (RFC 6455, 5.2)
 * included: what is written to the socket right before the body, which need not be copied then.
 *
 * @param bodyBytes at least 126: shorter lengths are written in another way.
 * @param masked true on the side that dialled, which has to say that it masks: with zeros, as everywhere here.
 */
export function singleHead(head: Uint8Array, bodyBytes: number, masked: boolean): Buffer {
  const length = 1 + head.length + bodyBytes;
  const lengthBytes = length > 0xffff ? 8 : 2;
  const at = 2 + lengthBytes + (masked ? MASK_BYTES : 0);
  const bytes = Buffer.alloc(at + 1 + head.length);
  bytes[0] = WHOLE_BINARY;
  bytes[1] = (masked ? MASKED : 0) | (lengthBytes === 8 ? 127 : 126);
  // No message is near 2^48 bytes.
  if (lengthBytes === 8) bytes.writeUIntBE(length, 4, 6);
  else bytes.writeUInt16BE(length, 2);
  bytes[at] = MessageKind.single;
  bytes.set(head, at + 1);
  return bytes;
}

/** The most bytes that so many pieces of together so many bytes take as a batch. */
export function batchSize(pieces: number, bytes: number): number {
  // A varint of a length below 2^28 takes at most 4 bytes.
  return 1 + bytes + pieces * 2;
}

/** A message of several frames, given as heads and bodies in turn; `bytes` is the sum of their lengths. */
export function encodeBatch(pieces: readonly Uint8Array[], bytes: number): Buffer {
  const message = Buffer.allocUnsafe(batchSize(pieces.length, bytes));
  let at = 0;
  message[at++] = MessageKind.batch;
  for (let i = 0; i < pieces.length; i += 2) {
    const head = pieces[i] as Uint8Array;
    const body = pieces[i + 1] as Uint8Array;
    let length = head.length + body.length;
    while (length > 0x7f) {
      message[at++] = (length & 0x7f) | 0x80;
      length >>>= 7;
    }
    message[at++] = length;
    message.set(head, at);
    at += head.length;
    message.set(body, at);
    at += body.length;
  }
  return message.subarray(0, at);
}

/**
 * Gives the frames of a `batch` message to `take`, in order, until that says false.
 *
 * @throws DecodeError if the bytes are not one; what came before the damage was given.
 */
export function readBatch(message: Uint8Array, take: (frame: Uint8Array) => boolean): void {
  let at = 1;
  while (at < message.length) {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++];
      if (byte === undefined || shift > 21) throw new DecodeError('a length that is none', at);
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    if (length > message.length - at) throw new DecodeError('a frame that is longer than its message', at);
    if (!take(message.subarray(at, at + length))) return;
    at += length;
  }
}

/** The last message of a link. */
export function encodeBye(code: Refusal['code'], detail: string): Uint8Array {
  const writer = new ByteWriter(64).u8(MessageKind.bye);
  writeRefusal(writer, code, detail);
  return writer.finish();
}

/** @throws DecodeError if the bytes are none. */
export function decodeBye(message: Uint8Array): { code: Refusal['code']; detail: string } {
  const reader = new ByteReader(message);
  reader.u8();
  const reason = readRefusal(reader);
  reader.end();
  return reason;
}
