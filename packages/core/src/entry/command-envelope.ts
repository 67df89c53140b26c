import {
  CLIENT_SESSION_BYTES,
  type SessionKey,
  sessionKeyAt,
  writeSessionKey,
} from '../client-session/session-key.ts';
import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { fromHex } from '../codec/hex.ts';

/** Which part of an atomic run a command is. */
export interface RunPart {
  /** From 0. */
  readonly part: number;
  /** How many parts the run has: 1 for a command by itself. */
  readonly of: number;
}

/**
 * A command outside any client session: at most one entry is ever made of it. The node that sent it knows it again by
 * (origin, request), whatever index it landed on.
 */
export interface PlainCommand extends RunPart {
  readonly type: 'plain';
  /** A random number of the sending process: 16 hex digits. */
  readonly origin: string;
  /** Counts the sender's requests, from 1. */
  readonly request: number;
  readonly command: Uint8Array;
}

/** What everything under a number of a client session says. */
export interface SessionPlace {
  readonly session: SessionKey;
  /** Counts what the session's client asks for, from 1. A whole run has one number. */
  readonly sequence: number;
  /** Replies up to this number are no longer needed: less than `sequence`. */
  readonly through: number;
  /**
   * Null, or the index that the client's node had applied when it made up the session, which begins with this entry
   * if it does not exist.
   */
  readonly opening: number | null;
}

/** A command that takes effect once, in however many entries it is. */
export interface SessionCommand extends SessionPlace, RunPart {
  readonly type: 'command';
  readonly command: Uint8Array;
}

/** Uses up a number of a session without effect, if nothing has used it before. 0 is no number: it only opens. */
export interface SessionFill extends SessionPlace {
  readonly type: 'fill';
}

/** The client needs its session no longer. */
export interface SessionClose {
  readonly type: 'close';
  readonly session: SessionKey;
}

/**
 * The payload of a command entry: whose it is, and which part of an atomic run.
 *
 * A run of `of` > 1 commands takes as many consecutive entries of one term. It takes effect when its last part is
 * applied; a run that another entry interrupts (its leader fell before the rest was replicated) has no effect, on
 * any replica.
 */
export type CommandEnvelope = PlainCommand | SessionCommand | SessionFill | SessionClose;

/** Bytes of an envelope around its command, at most. */
export const MAX_ENVELOPE_BYTES = 1 + CLIENT_SESSION_BYTES + 5 * 8;

/** The most parts an atomic run may have. */
export const MAX_RUN_PARTS = 65_536;

const TYPES = ['plain', 'command', 'fill', 'close'] as const;

/*
 * The first byte: the type, in two bits, and what follows besides that is not usual.
 */
const OPENING = 4;
const RUN = 8;

export function encodeEnvelope(envelope: CommandEnvelope): Uint8Array {
  const command = 'command' in envelope ? envelope.command : null;
  const run = 'of' in envelope && envelope.of !== 1 ? envelope : null;
  const opening = 'opening' in envelope ? envelope.opening : null;
  const writer = new ByteWriter(MAX_ENVELOPE_BYTES + (command?.length ?? 0));
  writer.u8(TYPES.indexOf(envelope.type) | (opening === null ? 0 : OPENING) | (run === null ? 0 : RUN));
  if (envelope.type === 'plain') writer.raw(fromHex(envelope.origin)).varint(envelope.request);
  else writeSessionKey(writer, envelope.session);
  if ('sequence' in envelope) {
    const { sequence, through } = envelope;
    writer.varint(sequence).varint(Math.max(0, sequence - 1) - through);
  }
  if (opening !== null) writer.varint(opening);
  if (run !== null) writer.varint(run.part).varint(run.of);
  if (command !== null) writer.raw(command);
  return writer.finish();
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Reads an envelope. The command in it is a view. @throws DecodeError if the bytes are not one. */
export function decodeEnvelope(bytes: Uint8Array): CommandEnvelope {
  const reader = new ByteReader(bytes);
  const first = reader.u8();
  const type = TYPES[first & 3] as CommandEnvelope['type'];
  const isCommand = type === 'plain' || type === 'command';
  const opens = (first & OPENING) !== 0;
  const isRun = (first & RUN) !== 0;
  if (first >= 2 * RUN || (isRun && !isCommand) || (opens && (type === 'plain' || type === 'close'))) {
    throw new DecodeError('an envelope of a type that is not known', 0);
  }
  switch (type) {
    case 'plain': {
      let origin = '';
      for (const byte of reader.raw(8)) origin += HEX[byte];
      const request = reader.varint();
      const { part, of } = readPart(reader, isRun);
      return { type, origin, request, part, of, command: reader.raw(reader.remaining) };
    }
    case 'command': {
      const session = readKey(reader, bytes);
      const sequence = reader.varint();
      const through = readThrough(reader, sequence, opens);
      if (sequence === 0) throw new DecodeError('a command without a number', reader.offset);
      const opening = opens ? reader.varint() : null;
      if (!isRun) {
        const command = bytes.subarray(reader.offset);
        return { type, session, sequence, through, opening, part: 0, of: 1, command };
      }
      const { part, of } = readPart(reader, isRun);
      return { type, session, sequence, through, opening, part, of, command: bytes.subarray(reader.offset) };
    }
    case 'fill': {
      const session = readKey(reader, bytes);
      const sequence = reader.varint();
      const through = readThrough(reader, sequence, opens);
      const opening = opens ? reader.varint() : null;
      reader.end();
      if (sequence === 0 && opening === null) throw new DecodeError('a fill of nothing', 0);
      return { type, session, sequence, through, opening };
    }
    case 'close': {
      const session = readKey(reader, bytes);
      reader.end();
      return { type, session };
    }
  }
}

function readKey(reader: ByteReader, bytes: Uint8Array): SessionKey {
  const at = reader.offset;
  reader.skip(CLIENT_SESSION_BYTES);
  return sessionKeyAt(bytes, at);
}

function readThrough(reader: ByteReader, sequence: number, opens: boolean): number {
  const through = Math.max(0, sequence - 1) - reader.varint();
  if (through < 0 || (opens && sequence > 1)) {
    throw new DecodeError(`number ${sequence} of a session, replies read through ${through}`, reader.offset);
  }
  return through;
}

function readPart(reader: ByteReader, isRun: boolean): RunPart {
  if (!isRun) return { part: 0, of: 1 };
  const part = reader.varint();
  const of = reader.varint();
  if (of < 2 || of > MAX_RUN_PARTS || part >= of) {
    throw new DecodeError(`part ${part} of a run of ${of}`, reader.offset);
  }
  return { part, of };
}
