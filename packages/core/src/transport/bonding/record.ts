import { ByteReader } from '../../codec/byte-reader.ts';
import { ByteWriter } from '../../codec/byte-writer.ts';

/**
 * What a frame on a link is. A frame is its kind (1 byte), the channel it concerns (a varint), and a body. The side
 * that dialled the link numbers the channels from 1 on and uses no number twice, so that nothing sent to one bond
 * can reach a later one. The numbers here are part of the wire format.
 */
export const RecordKind = Object.freeze({
  /** A message of the handshake. On a new channel, it begins one. */
  handshake: 0,
  /** A group's message. */
  data: 1,
  /** The end of a bond: code and detail. */
  end: 2,
  /** The opener knows that the bond stands: from now on its bulk lane may be used. */
  ready: 3,
  /** Asks for a sign of life. Channel 0. */
  ping: 4,
  /** The answer. Channel 0. */
  pong: 5,
  /** Bonds on which nothing has changed. Channel 0. Only for who has agreed to it on each of them. */
  pulse: 6,
  /** Its answer: those of them that are not confirmed. Channel 0. */
  pulseAnswer: 7,
});

/** The most bytes before a frame's body. */
export const MAX_HEAD_BYTES = 9;

/** The bytes before a body. */
export function recordHead(kind: number, channel: number): Uint8Array {
  return new ByteWriter(MAX_HEAD_BYTES).u8(kind).varint(channel).finish();
}

/** A frame that came from outside. */
export interface FrameRecord {
  readonly kind: number;
  readonly channel: number;
  readonly body: Uint8Array;
}

/** @throws DecodeError if the bytes do not begin as a frame does. */
export function readRecord(bytes: Uint8Array): FrameRecord {
  const kind = bytes[0] ?? 255;
  const first = bytes[1] ?? 255;
  // Nearly every channel's number is below 128.
  if (first < 0x80) return { kind, channel: first, body: bytes.subarray(2) };
  const reader = new ByteReader(bytes);
  reader.u8();
  const channel = reader.varint();
  return { kind, channel, body: reader.raw(reader.remaining) };
}
