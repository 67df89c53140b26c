import type { ByteWriter } from '../codec/byte-writer.ts';
import { fromHex } from '../codec/hex.ts';

/** The name of a client session: 16 random bytes, as 32 hex digits. Never used twice. */
export type ClientSessionId = string & { readonly __brand: 'ClientSessionId' };

/** The same 16 bytes as 8 characters of 2 bytes each: cheap to make and to look up. Their order is that of the bytes. */
export type SessionKey = string & { readonly __brand: 'SessionKey' };

/** Bytes of a client session's name. */
export const CLIENT_SESSION_BYTES = 16;

/** A command of a client session, in a few words that can be stored and sent: what `outcome` asks by. */
export interface CommandId {
  readonly session: ClientSessionId;
  /** The number within the session, from 1. */
  readonly sequence: number;
}

/** @throws RangeError if the text is not 32 lower-case hex digits. */
export function toClientSessionId(text: string): ClientSessionId {
  if (!/^[0-9a-f]{32}$/.test(text)) {
    throw new RangeError(
      `a client session must be 32 hex digits, and ${JSON.stringify(text.slice(0, 80))} is not`,
    );
  }
  return text as ClientSessionId;
}

/** The key in 16 bytes that begin at `at`. */
export function sessionKeyAt(bytes: Uint8Array, at: number): SessionKey {
  const unit = (i: number): number => ((bytes[at + i] ?? 0) << 8) | (bytes[at + i + 1] ?? 0);
  return String.fromCharCode(
    unit(0),
    unit(2),
    unit(4),
    unit(6),
    unit(8),
    unit(10),
    unit(12),
    unit(14),
  ) as SessionKey;
}

const scratch = new Uint8Array(CLIENT_SESSION_BYTES);

export function writeSessionKey(writer: ByteWriter, key: SessionKey): void {
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    scratch[2 * i] = unit >> 8;
    scratch[2 * i + 1] = unit & 0xff;
  }
  writer.raw(scratch);
}

export function sessionKeyOf(id: ClientSessionId): SessionKey {
  return sessionKeyAt(fromHex(id), 0);
}

export function sessionIdOf(key: SessionKey): ClientSessionId {
  let id = '';
  for (let i = 0; i < key.length; i++) id += key.charCodeAt(i).toString(16).padStart(4, '0');
  return id as ClientSessionId;
}
