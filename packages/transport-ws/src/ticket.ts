import type { Hasher } from '@smalti/core';
import { ByteReader, ByteWriter } from '@smalti/core';
import { MessageKind, TICKET_ID_BYTES, TICKET_PROOF_BYTES } from './messages.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const NAME_LABEL = encode('smalti bulk lane: name of the ticket');
const PROOF_LABEL = encode('smalti bulk lane: proof of the ticket');

/** What a bulk connection says first: which bond's secret it knows. */
export interface Ticket {
  readonly id: Uint8Array;
  readonly proof: Uint8Array;
}

/** The public name of a secret. */
export function ticketId(hasher: Hasher, secret: Uint8Array): Uint8Array {
  return hasher.hmacSha256(secret, NAME_LABEL).slice(0, TICKET_ID_BYTES);
}

/** The proof that one knows the secret, bound to the bulk connection where that is TLS. */
export function ticketProof(hasher: Hasher, secret: Uint8Array, binding: Uint8Array): Uint8Array {
  return hasher.hmacSha256(secret, PROOF_LABEL, binding);
}

/** The first message of a bulk connection. */
export function encodeTicket(ticket: Ticket): Uint8Array {
  return new ByteWriter(64).u8(MessageKind.ticket).raw(ticket.id).raw(ticket.proof).finish();
}

/** @throws DecodeError if the bytes are none. */
export function decodeTicket(message: Uint8Array): Ticket {
  const reader = new ByteReader(message);
  reader.u8();
  const ticket = { id: reader.raw(TICKET_ID_BYTES), proof: reader.raw(TICKET_PROOF_BYTES) };
  reader.end();
  return ticket;
}
