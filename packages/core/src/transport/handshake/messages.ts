import type { GroupId, NetworkId } from '../../vocabulary/ids.ts';
import type { PeerIdentity, Refusal } from '../transport.ts';

/** The version of the handshake itself. The group protocol's versions are agreed inside it. */
export const HANDSHAKE_VERSION = 1;

/** Length of a nonce, in bytes. */
export const NONCE_BYTES = 32;
/** Length of a proof: HMAC-SHA-256. */
export const PROOF_BYTES = 32;
/** Length of a bond's id. */
export const BOND_ID_BYTES = 16;
/** The most keys that a node may accept at a time, and so the most proofs in a message. */
export const MAX_KEYS = 8;
/** The shortest group key, in bytes. */
export const MIN_KEY_BYTES = 16;
/** The most ids by which a node may know one group: its own, and one for each accepted key. */
export const MAX_GROUP_IDS = 9;
/** The longest address in an identity, in characters. */
export const MAX_ADDRESS_CHARS = 256;
/** The longest detail of a refusal, in bytes of UTF-8; longer ones are cut. */
export const MAX_DETAIL_BYTES = 1024;

/** The opener's first word. It says who it claims to be, and proves nothing yet. */
export interface Open {
  readonly kind: 'open';
  readonly network: NetworkId;
  /** The ids under which the opener knows the group, its own first: 1 to {@link MAX_GROUP_IDS}, each once. */
  readonly groups: readonly GroupId[];
  readonly identity: PeerIdentity;
  readonly nonce: Uint8Array;
}

/** The acceptor's answer to an {@link Open} that it could bond with. */
export interface Challenge {
  readonly kind: 'challenge';
  /** The group's id from here on. */
  readonly group: GroupId;
  readonly identity: PeerIdentity;
  readonly nonce: Uint8Array;
}

/** The opener's proof. It proves first, so that a stranger collects no proof to work on. */
export interface Prove {
  readonly kind: 'prove';
  /**
   * The id of the last bond with this process that the opener saw end, {@link BOND_ID_BYTES} long, or zeros. The
   * acceptor lets a bond that it still thinks alive go if it is the one named here, and no other.
   */
  readonly previous: Uint8Array;
  /** One for each of the opener's accepted keys: 1 to {@link MAX_KEYS}, {@link PROOF_BYTES} each. */
  readonly proofs: readonly Uint8Array[];
}

/** The acceptor's proof, under the key that matched. With it the bond exists. */
export interface Bonded {
  readonly kind: 'bonded';
  readonly proof: Uint8Array;
}

/** Ends a handshake, from either side, at any step. */
export interface Refuse {
  readonly kind: 'refuse';
  readonly code: Refusal['code'];
  /** True if nothing is wrong, and nobody needs to be told. */
  readonly quiet: boolean;
  readonly detail: string;
}

/** Everything that is said before a bond exists. */
export type HandshakeMessage = Open | Challenge | Prove | Bonded | Refuse;

/** The most bytes that each message takes when encoded. Receivers refuse longer ones unread. */
export const MAX_HANDSHAKE_BYTES: Readonly<Record<HandshakeMessage['kind'], number>> = Object.freeze({
  open: 1024,
  challenge: 640,
  prove: 320,
  bonded: 64,
  refuse: 1088,
});

/** The most bytes that any message of a handshake takes. */
export const LARGEST_HANDSHAKE_BYTES = 1088;
