import { ByteWriter } from '../../codec/byte-writer.ts';
import type { Hasher } from '../../ports/hasher.ts';
import { encodeHandshake } from './message-codec.ts';
import { BOND_ID_BYTES, type Challenge, HANDSHAKE_VERSION, type Open } from './messages.ts';

/** All that both sides must agree on: what was said, and on which channel. */
export interface Conversation {
  readonly open: Open;
  readonly challenge: Challenge;
  /** `Prove.previous`. */
  readonly previous: Uint8Array;
  /** Bytes that only the two ends of this channel know (a TLS exporter's), or empty. */
  readonly binding: Uint8Array;
}

/**
 * What is under a proof. The two first messages hold the network, the groups offered and chosen, both identities and
 * both nonces; each part has its length before it, so that no two conversations give the same bytes. The label says
 * what for and who proves: a proof sent back, or used for anything else, fits nothing.
 */
function transcript(label: string, conversation: Conversation): Uint8Array {
  return new ByteWriter(2048)
    .text(`smalti ${label}`)
    .varint(HANDSHAKE_VERSION)
    .bytes(encodeHandshake(conversation.open))
    .bytes(encodeHandshake(conversation.challenge))
    .bytes(conversation.previous)
    .bytes(conversation.binding)
    .finish();
}

/** The proof of one side under one key. */
export function proofOf(
  hasher: Hasher,
  prover: 'opener' | 'acceptor',
  key: Uint8Array,
  conversation: Conversation,
): Uint8Array {
  return hasher.hmacSha256(key, transcript(`proof of the ${prover}`, conversation));
}

/** A secret that only the two sides of this bond know: 32 bytes. It ties further connections to the proven one. */
export function secretOf(hasher: Hasher, key: Uint8Array, conversation: Conversation): Uint8Array {
  return hasher.hmacSha256(key, transcript('secret of the bond', conversation));
}

/** The name of this bond, which is no secret. */
export function bondIdOf(hasher: Hasher, open: Open, challenge: Challenge): Uint8Array {
  return hasher.sha256(open.nonce, challenge.nonce).slice(0, BOND_ID_BYTES);
}
