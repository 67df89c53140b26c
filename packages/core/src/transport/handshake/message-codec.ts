import { ByteReader, DecodeError } from '../../codec/byte-reader.ts';
import { ByteWriter } from '../../codec/byte-writer.ts';
import { textCodec } from '../../codec/codec.ts';
import { fromHex, toHex } from '../../codec/hex.ts';
import type { GroupId } from '../../vocabulary/ids.ts';
import {
  toBootNonce,
  toClusterId,
  toGroupId,
  toIncarnation,
  toNetworkId,
  toPeerId,
} from '../../vocabulary/ids.ts';
import { BondRefused } from '../refusals.ts';
import type { PeerIdentity, Refusal } from '../transport.ts';
import {
  BOND_ID_BYTES,
  HANDSHAKE_VERSION,
  type HandshakeMessage,
  LARGEST_HANDSHAKE_BYTES,
  MAX_ADDRESS_CHARS,
  MAX_DETAIL_BYTES,
  MAX_GROUP_IDS,
  MAX_HANDSHAKE_BYTES,
  MAX_KEYS,
  NONCE_BYTES,
  PROOF_BYTES,
} from './messages.ts';

// Every message begins with its kind and the handshake's version. The numbers are part of the wire format.
const KINDS = ['open', 'challenge', 'prove', 'bonded', 'refuse'] as const;

/** The refusal codes in the order of their numbers on the wire: append only. */
export const REFUSAL_CODES: readonly Refusal['code'][] = Object.freeze([
  'BAD_HANDSHAKE',
  'UNKNOWN_GROUP',
  'BAD_PROOF',
  'HANDSHAKE_TIMEOUT',
  'ALREADY_BONDED',
  'WRONG_CLUSTER',
  'WRONG_NETWORK',
  'VERSION_MISMATCH',
  'TOO_MANY',
  'FRAME_TOO_LARGE',
  'BAD_MESSAGE',
  'LINK_LOST',
  'DEPARTED',
]);

const ADDRESS = new RegExp(`^[\\x21-\\x7e]{0,${MAX_ADDRESS_CHARS}}$`);
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a log or a terminal
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** The bytes of a message; equal messages give equal bytes. */
export function encodeHandshake(message: HandshakeMessage): Uint8Array {
  const writer = new ByteWriter(512);
  writer.u8(KINDS.indexOf(message.kind)).u8(HANDSHAKE_VERSION);
  switch (message.kind) {
    case 'open':
      writer.text(message.network).u8(message.groups.length);
      for (const group of message.groups) writer.raw(fromHex(group));
      writeIdentity(writer, message.identity);
      return writer.raw(message.nonce).finish();
    case 'challenge':
      writer.raw(fromHex(message.group));
      writeIdentity(writer, message.identity);
      return writer.raw(message.nonce).finish();
    case 'prove':
      writer.raw(message.previous).u8(message.proofs.length);
      for (const proof of message.proofs) writer.raw(proof);
      return writer.finish();
    case 'bonded':
      return writer.raw(message.proof).finish();
    case 'refuse':
      writeRefusal(writer, message.code, message.detail);
      return writer.u8(message.quiet ? 1 : 0).finish();
  }
}

/**
 * Reads a message that came from outside.
 *
 * @throws BondRefused `VERSION_MISMATCH` if it is of another version of the handshake, `BAD_HANDSHAKE` if it is
 * none, or longer than {@link MAX_HANDSHAKE_BYTES} allows.
 */
export function decodeHandshake(bytes: Uint8Array): HandshakeMessage {
  try {
    return readMessage(bytes);
  } catch (error) {
    if (error instanceof BondRefused) throw error;
    // RangeError comes from ids of the wrong form, DecodeError from everything else; nothing else can be thrown.
    throw new BondRefused(
      'BAD_HANDSHAKE',
      `what came is not a message of the handshake: ${(error as Error).message}: ` +
        'check that the address is a Smalti node and not another service, and that nothing between rewrites bytes',
    );
  }
}

function readMessage(bytes: Uint8Array): HandshakeMessage {
  if (bytes.length > LARGEST_HANDSHAKE_BYTES) throw new DecodeError(`${bytes.length} bytes are too many`, 0);
  const reader = new ByteReader(bytes);
  const kind = KINDS[reader.u8()];
  if (kind === undefined) throw new DecodeError('an unknown kind of message', 0);
  const version = reader.u8();
  if (version !== HANDSHAKE_VERSION) {
    throw new BondRefused(
      'VERSION_MISMATCH',
      `the other side speaks version ${version} of the handshake, this node speaks ${HANDSHAKE_VERSION}: ` +
        'run releases of Smalti that are closer to each other',
    );
  }
  if (bytes.length > MAX_HANDSHAKE_BYTES[kind])
    throw new DecodeError(`${bytes.length} bytes are too many`, 0);
  const message = readBody(reader, kind);
  reader.end();
  return message;
}

function readBody(reader: ByteReader, kind: HandshakeMessage['kind']): HandshakeMessage {
  switch (kind) {
    case 'open':
      return {
        kind,
        network: toNetworkId(reader.text(64)),
        groups: readGroups(reader),
        identity: readIdentity(reader),
        nonce: copy(reader, NONCE_BYTES),
      };
    case 'challenge':
      return {
        kind,
        group: toGroupId(toHex(reader.raw(32))),
        identity: readIdentity(reader),
        nonce: copy(reader, NONCE_BYTES),
      };
    case 'prove': {
      const previous = copy(reader, BOND_ID_BYTES);
      const proofs = Array.from({ length: count(reader, MAX_KEYS, 'proofs') }, () =>
        copy(reader, PROOF_BYTES),
      );
      return { kind, previous, proofs };
    }
    case 'bonded':
      return { kind, proof: copy(reader, PROOF_BYTES) };
    case 'refuse': {
      const { code, detail } = readRefusal(reader);
      return { kind, code, detail, quiet: flag(reader) };
    }
  }
}

function readGroups(reader: ByteReader): GroupId[] {
  const groups = Array.from({ length: count(reader, MAX_GROUP_IDS, 'groups') }, () =>
    toGroupId(toHex(reader.raw(32))),
  );
  if (new Set(groups).size < groups.length) throw new DecodeError('a group twice', reader.offset);
  return groups;
}

function writeIdentity(writer: ByteWriter, identity: PeerIdentity): void {
  writer.text(identity.id).raw(fromHex(identity.incarnation)).raw(fromHex(identity.boot));
  writer.u8(identity.cluster === null ? 0 : 1);
  if (identity.cluster !== null) writer.raw(fromHex(identity.cluster));
  writer.u8(identity.bootstrapping ? 1 : 0).text(identity.address);
  writer.u32(identity.protocol.min).u32(identity.protocol.max);
}

function readIdentity(reader: ByteReader): PeerIdentity {
  const id = toPeerId(reader.text(64));
  const incarnation = toIncarnation(toHex(reader.raw(16)));
  const boot = toBootNonce(toHex(reader.raw(8)));
  const cluster = flag(reader) ? toClusterId(toHex(reader.raw(16))) : null;
  const bootstrapping = flag(reader);
  const at = reader.offset;
  const address = reader.text(MAX_ADDRESS_CHARS);
  if (!ADDRESS.test(address)) throw new DecodeError('an address with characters that no address has', at);
  const protocol = { min: reader.u32(), max: reader.u32() };
  if (protocol.min > protocol.max)
    throw new DecodeError('a range of versions that is upside down', reader.offset);
  return { id, incarnation, boot, cluster, bootstrapping, address, protocol };
}

/** Writes a code and a detail, cutting the detail to {@link MAX_DETAIL_BYTES}. */
export function writeRefusal(writer: ByteWriter, code: Refusal['code'], detail: string): void {
  let text = detail;
  while (textCodec.encode(text).length > MAX_DETAIL_BYTES)
    text = text.slice(0, Math.floor(text.length * 0.9));
  writer.u8(REFUSAL_CODES.indexOf(code)).text(text);
}

/** Reads a code and a detail that came from outside, fit for a log. @throws DecodeError if they are none. */
export function readRefusal(reader: ByteReader): { code: Refusal['code']; detail: string } {
  const at = reader.offset;
  const code = REFUSAL_CODES[reader.u8()];
  if (code === undefined) throw new DecodeError('an unknown code of refusal', at);
  return { code, detail: reader.text(MAX_DETAIL_BYTES).replace(UNPRINTABLE, '?') };
}

function count(reader: ByteReader, most: number, what: string): number {
  const at = reader.offset;
  const value = reader.u8();
  if (value < 1 || value > most) throw new DecodeError(`${value} ${what} where 1 to ${most} are allowed`, at);
  return value;
}

function flag(reader: ByteReader): boolean {
  const at = reader.offset;
  const value = reader.u8();
  if (value > 1) throw new DecodeError('a yes or no that is neither', at);
  return value === 1;
}

function copy(reader: ByteReader, length: number): Uint8Array {
  return Uint8Array.from(reader.raw(length));
}
